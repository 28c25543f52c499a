/**
 * Describes how the error codes of one provider differ from the error codes of OAuth.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type * as Errors from "./internal/errors/classes.ts"

/** The tags of the OAuth errors. */
export type Tag = Exclude<keyof typeof Errors, "fields">

/**
 * Describes how a provider differs from OAuth.
 *
 * **When to use**
 *
 * Use a dialect for a provider that defines its own error codes, or that gives the error codes of RFC 6749 a different
 * meaning. Pass the dialect to `DeviceAuthorization.layer`, which then uses it to decode errors, and to
 * `Diagnosis.ruleSetOf`.
 *
 * **Details**
 *
 * A dialect contains the rows of the provider's error table. The provider's rows take precedence over the rows of
 * `OAuthError`. A row is selected by the error code, or by the status if the response does not contain a code.
 */
export interface Dialect {
  readonly rows: ReadonlyArray<Row<Tag>>
  /**
   * Whether an exchange took place with this provider. If so, the provider's package diagnoses the provider's tokens and
   * clients.
   */
  readonly speaks: (exchange: Exchange) => boolean
  /** The body formats that the provider's endpoints accept in addition to a form. */
  readonly encodings: ReadonlySet<"multipart" | "json" | "query" | "none">
}
