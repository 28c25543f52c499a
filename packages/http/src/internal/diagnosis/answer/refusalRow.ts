/**
 * How a table says what a vendor refuses for.
 */

/** Why a vendor refuses. */
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

/** A code, a sentence or a header of a vendor, and the cause that it stands for. */
export interface Row {
  readonly cause: RefusalCause
  /** Absent where the words mean the same at every vendor. */
  readonly vendor?: string
  readonly codes?: ReadonlyArray<string>
  readonly message?: RegExp
  readonly header?: string
  /** A header by which its author is known, beside the code or the message. */
  readonly beside?: string
  readonly status: ReadonlyArray<number>
  readonly isSure?: false
}
