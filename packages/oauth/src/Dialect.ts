/**
 * The error codes of one provider that differ from OAuth.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type * as Errors from "./internal/errors/classes.ts"

/** The tags of the OAuth errors. */
export type Tag = Exclude<keyof typeof Errors, "fields">

/**
 * A provider's departures from OAuth.
 *
 * **When to use**
 *
 * For a provider with its own error codes, or with codes that mean something else than in RFC 6749. Pass it to
 * `DeviceAuthorization.layer`, which then decodes errors with it, and to `Diagnosis.ruleSetOf`.
 *
 * **Details**
 *
 * Its rows take precedence over those of `OAuthError`: by code, and by status for a response without a code.
 */
export interface Dialect {
  readonly rows: ReadonlyArray<Row<Tag>>
  /** Whether an exchange is with this provider. The provider's package diagnoses its tokens and clients. */
  readonly speaks: (exchange: Exchange) => boolean
  /** The body formats that its endpoints accept besides a form. */
  readonly encodings: ReadonlySet<"multipart" | "json" | "query" | "none">
}
