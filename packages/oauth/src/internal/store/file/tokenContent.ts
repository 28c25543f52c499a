/**
 * Encodes and decodes the content of a token file.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { SavedTokens } from "../../../TokenSet.ts"
import type { TokenSet } from "../../../TokenSet.ts"
import { TokensCorrupt } from "../../../TokenStoreError.ts"

const readable = Schema.decodeUnknownOption(SavedTokens)
const write = Schema.encodeSync(SavedTokens)

/** Encodes the tokens. */
export const encode = (tokens: TokenSet): string => `${write({ version: 1, ...tokens })}\n`

/** Decodes the tokens. */
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
      // No cause: a schema's message quotes its input, which can be part of a token.
      detail: content.trim() === "" ? "is empty" : "is damaged, or was written by another version of this program",
      action: "sign in again to replace the file",
    }),
  )
}
