/**
 * The error of a response with an error status and without a vendor's decoder.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

const responses = new WeakMap<object, Response>()

/**
 * The response has a status of 400 or above, and there is no decoder for the vendor's meaning.
 *
 * **Details**
 *
 * The verdict is that of the status (RFC 9110, section 15) with the response's `Retry-After`. `url` is origin and path, never
 * the query.
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

  /** The response with its body unread, if `HttpPipeline.fetch` received it. No log shows it. */
  get response(): Response | undefined {
    return responses.get(this)
  }

  /** Attaches the response to an error. */
  static withResponse(error: ErrorStatus, response: Response): ErrorStatus {
    responses.set(error, response)
    return error
  }

  /** A copy of an error with another verdict. */
  static withVerdict({ method, response, status, url }: ErrorStatus, verdict: Verdict): ErrorStatus {
    const error = new ErrorStatus({ verdict, method, url, status })
    return response === undefined ? error : ErrorStatus.withResponse(error, response)
  }
}
