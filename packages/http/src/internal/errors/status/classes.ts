/**
 * An answer with an error status that no vendor's decoder explains.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

const responses = new WeakMap<object, Response>()

/**
 * The status of the answer is 400 or above, and there is no decoder that says what the vendor means by it.
 *
 * **Details**
 *
 * The verdict is that of the status (RFC 9110, section 15) with the answer's `Retry-After`. `url` is origin and path,
 * never the query.
 */
export class ErrorStatus extends Schema.TaggedError<ErrorStatus>()("ErrorStatus", {
  verdict: VerdictSchema,
  method: Schema.String,
  url: Schema.String,
  status: Schema.Int,
}) {
  override get message() {
    return `Status ${this.status}: ${this.method} ${this.url}`
  }

  /** The answer itself, its body unread, where `HttpPipeline.fetch` got it; no log shows it. */
  get response(): Response | undefined {
    return responses.get(this)
  }

  /** Puts the answer on an error. */
  static withResponse(error: ErrorStatus, response: Response): ErrorStatus {
    responses.set(error, response)
    return error
  }

  /** The same error with another verdict. */
  static withVerdict({ method, response, status, url }: ErrorStatus, verdict: Verdict): ErrorStatus {
    const error = new ErrorStatus({ verdict, method, url, status })
    return response === undefined ? error : ErrorStatus.withResponse(error, response)
  }
}
