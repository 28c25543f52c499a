/**
 * Defines the row type of the rejection tables.
 */

/** The reasons why vendors reject requests. */
export type RefusalCause =
  | "sign-on"
  | "user agent"
  | "scope"
  | "api off"
  | "mode"
  | "key reused"
  | "address"
  | "key"
  | "key limited"
  | "organization"
  | "country"
  | "model"
  | "forgery"
  | "token kind"
  | "approval"
  | "account"
  | "image access"
  | "image"

/** A code, message or header from a vendor, and the cause that it indicates. */
export interface Row {
  readonly cause: RefusalCause
  /** The vendor's ID; absent if the message has the same meaning for every vendor. */
  readonly vendor?: string
  readonly codes?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly header?: string
  /** A header that identifies the author. The header must be present in addition to the code or the message. */
  readonly beside?: string
  readonly status: ReadonlyArray<number>
  readonly isSure?: false
}
