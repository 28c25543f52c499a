/**
 * The error of a success that the storage may not have sent.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The status is a success, but nothing in the response shows that the storage sent it.
 *
 * **Details**
 *
 * The response has neither a request id, nor an ETag, nor a `Server` header of a storage (`StorageMarks`), or it names
 * another object than the request. It is never retried, because the bytes may be stored and a retry would get the same
 * response. Check the object itself. `url` is the origin and path, without the query, which is a credential.
 */
export class Unverified extends Schema.TaggedError<Unverified>()("Unverified", {
  verdict: VerdictSchema,
  method: Schema.String,
  url: Schema.String,
  status: Schema.Int,
  reason: Schema.String,
  /**
   * Whether the response came before the whole body was sent. The storage then cannot have stored the complete body.
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
