/**
 * One line of the table of sentences, and the pages that many of them rest on.
 */
import type { Where } from "../conditions.ts"

/** One sentence, code or both. Codes of rules stand without `HF-S3-`; one that ends with `*` stands for its family. */
export interface Sentence {
  /** The vendor's codes, any of which fits; absent where the sentence alone counts. */
  readonly codes?: ReadonlyArray<string>
  /** The sentence, in the message or the details. */
  readonly says?: RegExp
  /** What must not stand there. */
  readonly unless?: RegExp
  readonly where?: Where
  /** The causes that are allowed; absent where all are but the denied ones. */
  readonly allows?: ReadonlyArray<string>
  readonly denies?: ReadonlyArray<string>
  readonly source: string
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
