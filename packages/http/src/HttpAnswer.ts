/**
 * A response as a vendor's decoder receives it. The body has already been read, its size is limited, and decoding it requires
 * no effects.
 */

/**
 * An error response.
 *
 * **Details**
 *
 * Header names are in lower case, and header values are unchanged. `RetryAfter.fromAnswer` reads all forms of retry hints
 * from the headers. `body` contains the first 64 KiB of the response body, decoded as UTF-8. `receivedAt` is the local time
 * at which the response arrived, in epoch milliseconds, if that time is known. If the response has no `Date`, dates in retry
 * hints are relative to `receivedAt`.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt?: number | undefined
}
