/**
 * The row shape of the tables of refusals.
 */

/** Reasons of vendors for a refusal. */
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

/** A code, a message or a header of a vendor, with the cause that it means. */
export interface Row {
  readonly cause: RefusalCause
  /** Absent if the message means the same at every vendor. */
  readonly vendor?: string
  readonly codes?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly header?: string
  /** A header that identifies the author, required beside the code or the message. */
  readonly beside?: string
  readonly status: ReadonlyArray<number>
  readonly isSure?: false
}
