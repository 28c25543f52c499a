/**
 * A response as a vendor's decoder sees it: read, bounded and free of effects.
 */

/**
 * An answer that was not a success.
 *
 * **Details**
 *
 * Header names are in lower case. A `retry-after` header is always whole seconds here, whatever form the server chose,
 * or absent (see `RetryAfter`). `body` holds the first 64 KiB, read as UTF-8.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
