/**
 * One line of the table of sentences, and the pages that many of them rest on.
 */
import type { Name } from "../table.ts"

/** What a row asks of the exchange beside its words; `conditions.ts` has each. */
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
 * One sentence, code or both. Codes of rules stand without `HF-S3-`; one that ends with `*` stands for its family.
 *
 * **Details**
 *
 * A row that allows one cause and says what it means is enough to find that cause. A row of a vendor's published table, which has
 * a status, counts before those that servers share. A row that names no cause only says what the words mean.
 */
export interface Row {
  /** The vendors' codes, any of which fits; absent where the sentence alone counts. */
  readonly codes?: ReadonlyArray<string>
  /** The sentence, in the message or the details. */
  readonly says?: RegExp
  /** What must not stand there. */
  readonly unless?: RegExp
  /** What must hold of the exchange. */
  readonly where?: Where
  /** Whose words they are. Absent where several servers share them, and where no other server uses them. */
  readonly of?: ReadonlyArray<Name>
  /** The status that the vendor's table documents. */
  readonly status?: number
  /** The causes that are allowed, the one that the row explains first; absent where all are but the denied ones. */
  readonly allows?: ReadonlyArray<string>
  readonly denies?: ReadonlyArray<string>
  /** What it means and who must act, in sentences of ours. */
  readonly means?: string
  /** Whether the words may have other causes, too. */
  readonly isUnsure?: true
  readonly source: string
}

/** A row that says what its words mean. */
export type Meaning = Row & { readonly means: string }

/** A row of a vendor's published table. */
export type Documented = Meaning & {
  readonly status: number
  readonly allows: readonly [cause: string, ...others: ReadonlyArray<string>]
}

/** The published table of one vendor. */
export interface Vendor {
  readonly of?: ReadonlyArray<Name>
  readonly source: string
  readonly rows: ReadonlyArray<Omit<Documented, "of" | "source">>
}

/** The pages of the vendors that several sentences rest on. */
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
