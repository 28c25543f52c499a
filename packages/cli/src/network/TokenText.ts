/**
 * Removes tokens from the names that a server sends. The server has received the token and may repeat it in a name.
 */
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { TokenSet } from "@holdfast/oauth/TokenSet"
import * as Redacted from "effect/Redacted"

/** Returns the text without the tokens of the pair. */
export const without = ({ accessToken, refreshToken }: TokenSet, text: string): string =>
  Redaction.redactor([accessToken, ...(refreshToken === undefined ? [] : [refreshToken])].map(Redacted.value)).text(
    text,
  )
