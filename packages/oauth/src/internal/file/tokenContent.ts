/**
 * The content of a file of tokens.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { TokenSet } from "../../TokenSet.ts"
import { TokensCorrupt } from "../../TokenStoreError.ts"

/** `version` lets a later program read it. */
const Content = Schema.fromJsonString(Schema.Struct({ version: Schema.Literal(1), ...TokenSet.fields }))

const readable = Schema.decodeUnknownOption(Content)
const write = Schema.encodeSync(Content)

/** The tokens as text. */
export const encode = (tokens: TokenSet): string => `${write({ version: 1, ...tokens })}\n`

/** The tokens in a text. */
export const decode = (file: string, content: string): Effect.Effect<TokenSet, TokensCorrupt> => {
  const tokens = readable(content)
  if (Option.isSome(tokens)) {
    const { version: _, ...set } = tokens.value
    return Effect.succeed(set)
  }
  return Effect.fail(
    new TokensCorrupt({
      verdict: Verdict.never({ change: "human" }),
      path: file,
      // No cause: a schema's message quotes what it read, and that can be half of a token.
      detail: content.trim() === "" ? "is empty" : "is damaged, or was written by another version",
      action: "sign in again; the file is replaced then",
    }),
  )
}
