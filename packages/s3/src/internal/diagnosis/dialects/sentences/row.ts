/**
 * The row shape of the message table, and pages that many rows cite.
 */
import type { Name } from "../table.ts"

/** A row's condition on the exchange. `conditions.ts` implements each. */
export type Where =
  | "checksumLacking"
  | "copy"
  | "edge"
  | "formsLacking"
  | "internalHost"
  | "lacking"
  | "misplacedUpload"
  | "noForm"
  | "plainDenial"
  | "signedText"
  | "trailer"
  | "unsealing"

/**
 * A code, a message or both. Rule codes omit `HF-S3-`; one that ends with `*` matches its family.
 *
 * **Details**
 *
 * A row that allows one cause and explains it is sufficient for that cause. A row of a vendor's published table, which has a status,
 * counts before shared rows. A row without a cause only explains the message.
 */
export interface Row {
  /** The vendors' codes, any of which matches. Absent if the message alone decides. */
  readonly codes?: ReadonlyArray<string>
  /** A pattern for the message or the details. */
  readonly says?: RegExp
  /** A pattern that must not match. */
  readonly unless?: RegExp
  /** A condition on the exchange. */
  readonly where?: Where
  /** The vendors that send it. Absent if several servers share the message, or if only one can send it. */
  readonly of?: ReadonlyArray<Name>
  /** The status in the vendor's table. */
  readonly status?: number
  /** The allowed causes; the row explains the first. Absent if all are allowed except the denied ones. */
  readonly allows?: ReadonlyArray<string>
  readonly denies?: ReadonlyArray<string>
  /** Our explanation of the meaning, and who must act. */
  readonly means?: string
  /** Whether the message may have other causes. */
  readonly isUnsure?: true
  readonly source: string
}

/** A row that explains its message. */
export type Meaning = Row & { readonly means: string }

/** A row of a vendor's published table. */
export type Documented = Meaning & {
  readonly status: number
  readonly allows: readonly [cause: string, ...others: ReadonlyArray<string>]
}

/** The meaning of the response's code and message. */
export interface Words {
  /** According to the vendor's table. */
  readonly told: Documented | undefined
  /** According to a message that identifies its cause. */
  readonly stated: () => Meaning | undefined
  /** A further remark on the request. Empty if the tables have none. */
  readonly remark: () => string
}

/** The published table of one vendor. */
export interface Vendor {
  readonly of?: ReadonlyArray<Name>
  readonly source: string
  readonly rows: ReadonlyArray<Omit<Documented, "of" | "source">>
}

/** Vendors' pages that several rows cite. */
export const pages = {
  errors: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  denials: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html",
  google: "https://cloud.google.com/storage/docs/xml-api/reference-status",
  signing: "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-troubleshooting.html",
  customerKeys: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html",
  integrity: "https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html",
  copying: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html",
  supabase: "https://supabase.com/docs/guides/storage/debugging/error-codes",
} as const
