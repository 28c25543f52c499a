/**
 * The error codes with which one provider differs from OAuth.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type * as Errors from "./internal/errors/classes.ts"

/** The tags of the OAuth errors. */
export type Tag = Exclude<keyof typeof Errors, "fields">

/**
 * A provider's differences from OAuth.
 *
 * **When to use**
 *
 * Use it for a provider with its own error codes, or with codes that have another meaning than in RFC 6749. Pass it to
 * `DeviceAuthorization.layer`, which then decodes errors with it, and to `Diagnosis.ruleSetOf`.
 *
 * **Details**
 *
 * The provider's error rows. They take precedence over those of `OAuthError`: by code, and by status for a response
 * without a code.
 */
export interface Dialect {
  readonly rows: ReadonlyArray<Row<Tag>>
  /** Whether an exchange is with this provider. Its package then diagnoses the tokens and clients. */
  readonly speaks: (exchange: Exchange) => boolean
  /** The body formats that its endpoints accept in addition to a form. */
  readonly encodings: ReadonlySet<"multipart" | "json" | "query" | "none">
}
