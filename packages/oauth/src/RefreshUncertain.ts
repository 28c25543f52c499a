/**
 * The error for a refresh whose response was lost.
 */
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The server may have replaced the tokens, but its response did not arrive.
 *
 * **Details**
 *
 * A refresh token can be used only once. If the request arrived, the old pair of tokens is invalid and the new pair is lost.
 * `OAuthTokens` sends the refresh once more, because the request may not have arrived. To a server that detects reuse of a
 * refresh token, further attempts would look like token theft. `detail` describes the failure that occurred instead of a
 * response.
 */
export class RefreshUncertain extends Schema.TaggedError<RefreshUncertain>()("RefreshUncertain", {
  verdict: VerdictSchema,
  detail: Schema.String,
}) {
  override get message() {
    return `The response to a refresh was lost, and the tokens may have been replaced: ${this.detail}`
  }
}

/** Creates the error with its verdict. */
export const uncertain = (detail: string): RefreshUncertain =>
  new RefreshUncertain({ detail, verdict: Verdict.never({ change: "human", closes: "authorization" }) })
