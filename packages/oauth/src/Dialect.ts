/**
 * What one provider says in words of its own, in place of OAuth's.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import type { Exchange } from "@holdfast/core/Exchange"
import type * as Errors from "./OAuthErrors.ts"

/** The tags of the OAuth errors. */
export type Tag = Exclude<keyof typeof Errors, "fields">

/**
 * A provider's departures from OAuth.
 *
 * **When to use**
 *
 * For a provider whose errors have names of their own, or whose names mean something else than in RFC 6749: given to
 * `DeviceAuthorization.layer`, which then decodes its errors by it, and to `Diagnosis.bookOf`.
 *
 * **Details**
 *
 * Its rows go before those of `OAuthTable`: by key, and by status for an answer without a name.
 */
export interface Dialect {
  readonly rows: ReadonlyArray<Row<Tag>>
  /** Whether an exchange is one with this provider. Its package explains what a token or a client of its own lacks. */
  readonly speaks: (exchange: Exchange) => boolean
  /** What its endpoints read besides a form. */
  readonly encodings: ReadonlySet<"multipart" | "json" | "query" | "none">
}
