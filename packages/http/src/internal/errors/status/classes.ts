/**
 * Defines the error for a response that has an error status and no vendor-specific decoder.
 */
import type { Verdict } from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

const responses = new WeakMap<object, Response>()

/**
 * The response has a status of 400 or above, and the client has no decoder for the vendor's errors.
 *
 * **Details**
 *
 * The verdict is determined by the status (RFC 9110, section 15) and the response's `Retry-After`. `url` consists of the
 * origin and the path, and never contains the query.
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

  /** The response with an unread body, if the error comes from `HttpPipeline.fetch`. No log shows it. */
  get response(): Response | undefined {
    return responses.get(this)
  }

  /** Attaches the response to an error. */
  static withResponse(error: ErrorStatus, response: Response): ErrorStatus {
    responses.set(error, response)
    return error
  }

  /** Returns a copy of an error with a different verdict. */
  static withVerdict({ method, response, status, url }: ErrorStatus, verdict: Verdict): ErrorStatus {
    const error = new ErrorStatus({ verdict, method, url, status })
    return response === undefined ? error : ErrorStatus.withResponse(error, response)
  }
}
