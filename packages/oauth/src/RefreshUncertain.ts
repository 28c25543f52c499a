/**
 * The error of a refresh whose response was lost.
 */
import * as Schema from "effect/Schema"
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"

/**
 * The server may have replaced the tokens, and its response did not arrive.
 *
 * **Details**
 *
 * A refresh token is valid for one use. If the request arrived, the old pair is invalid and the new one is lost.
 * `OAuthTokens` sends the refresh once more, because the request may not have arrived. Further attempts would look like
 * theft to a server that detects reuse. `detail` describes what happened instead of a response.
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
