/**
 * A response as a vendor's decoder sees it: read, bounded and free of effects.
 */

/**
 * An answer that was not a success.
 *
 * **Details**
 *
 * Header names are in lower case, their values unchanged: `RetryAfter.fromAnswer` reads every form of a hint.
 * `body` holds the first 64 KiB, read as UTF-8. `receivedAt` is the local time at which the answer came, in milliseconds
 * of the epoch, if known. Dates are counted from it if the response has no `Date`.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt?: number | undefined
}
