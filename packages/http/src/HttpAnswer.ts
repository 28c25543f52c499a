/**
 * A response as a vendor's decoder receives it: already read, bounded and free of effects.
 */

/**
 * An error response.
 *
 * **Details**
 *
 * Header names are in lower case, their values unchanged. `RetryAfter.fromAnswer` reads every form of a hint from them. `body`
 * holds the first 64 KiB, decoded as UTF-8. `receivedAt` is the local time at which the response arrived, in epoch
 * milliseconds, if known; dates are counted from it if the response has no `Date`.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly receivedAt?: number | undefined
}
