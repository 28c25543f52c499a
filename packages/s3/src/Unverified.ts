/**
 * The error for a success response that the storage may not have sent.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The status indicates success, but nothing in the response shows that the storage sent it.
 *
 * **Details**
 *
 * The response contains neither a request id, nor an ETag, nor the `Server` header of a storage service (`StorageMarks`), or
 * it names a different object from the one in the request. The error is never retried, because the bytes may already be
 * stored and a retry would receive the same response. After this error, check whether the object itself is stored. `url`
 * contains the origin and path without the query, which is a credential.
 */
export class Unverified extends Schema.TaggedError<Unverified>()("Unverified", {
  verdict: VerdictSchema,
  method: Schema.String,
  url: Schema.String,
  status: Schema.Int,
  reason: Schema.String,
  /**
   * Whether the response arrived before the whole body was sent. In this case, the storage cannot have stored the complete
   * body.
   */
  early: Schema.Boolean,
}) {
  override get message() {
    return `Unproven success: ${this.method} ${this.url} (status ${this.status}): ${this.reason}`
  }
}

/** Creates the error for a response. */
export const make = (
  { method, url }: { readonly method: string; readonly url: string },
  status: number,
  reason: string,
  early = false,
): Unverified =>
  new Unverified({
    verdict: Verdict.never({ change: "human", outcome: "ignored", applied: "maybe" }),
    method,
    url: URL.canParse(url) ? `${new URL(url).origin}${new URL(url).pathname}` : url.replace(/[?#].*$/s, ""),
    status,
    reason,
    early,
  })
