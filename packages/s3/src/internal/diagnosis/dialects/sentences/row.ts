/**
 * The type of a row in the message table, and pages that many rows cite.
 */
import type { Name } from "../table.ts"

/** The condition that a row imposes on the exchange. `conditions.ts` implements each condition. */
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
 * Matches a code, a message or both. Rule codes omit the `HF-S3-` prefix. A rule code that ends with `*` matches every code
 * with that prefix.
 *
 * **Details**
 *
 * A row that allows one cause and explains it is sufficient evidence for that cause. A row from a vendor's published table,
 * which has a status, takes precedence over shared rows. A row without a cause only explains the message.
 */
export interface Row {
  /** The vendors' codes, any one of which matches. This field is absent if the message alone is decisive. */
  readonly codes?: ReadonlyArray<string>
  /** A pattern that the message or the details must match. */
  readonly says?: RegExp
  /** A pattern that must not match the message. */
  readonly unless?: RegExp
  /** A condition on the exchange. */
  readonly where?: Where
  /**
   * The vendors that send the message. This field is absent if several servers share the message, or if only one server can
   * send it.
   */
  readonly of?: ReadonlyArray<Name>
  /** The status documented in the vendor's table. */
  readonly status?: number
  /**
   * The allowed causes; the row explains the first one. This field is absent if all causes except the denied ones are
   * allowed.
   */
  readonly allows?: ReadonlyArray<string>
  readonly denies?: ReadonlyArray<string>
  /** Holdfast's explanation of what the message means and who must act. */
  readonly means?: string
  /** Whether the message can have other causes. */
  readonly isUnsure?: true
  readonly source: string
}

/** A row that explains its message. */
export type Meaning = Row & { readonly means: string }

/** A row from a vendor's published table. */
export type Documented = Meaning & {
  readonly status: number
  readonly allows: readonly [cause: string, ...others: ReadonlyArray<string>]
}

/** The meaning of the code and message in the response. */
export interface Words {
  /** The meaning according to the vendor's table. */
  readonly told: Documented | undefined
  /** The meaning according to a message that identifies its cause. */
  readonly stated: () => Meaning | undefined
  /** An additional remark about the request. The remark is empty if the tables do not contain one. */
  readonly remark: () => string
}

/** The published table of one vendor. */
export interface Vendor {
  readonly of?: ReadonlyArray<Name>
  readonly source: string
  readonly rows: ReadonlyArray<Omit<Documented, "of" | "source">>
}

/** Vendor pages that several rows cite. */
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
