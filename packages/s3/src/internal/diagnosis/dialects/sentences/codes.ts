/**
 * Codes of single vendors beyond S3's, as documented in their error references. Plain data.
 */
import type { Row } from "./row.ts"

type Meanings = Readonly<Record<string, string>>

/** https://www.alibabacloud.com/help/en/oss/developer-reference/error-codes-6 and https://help.aliyun.com/document_detail/185228.htm */
const oss: Meanings = {
  ObjectNotAppendable: "Bytes can be appended only to an object that was created by appending, and this one was not.",
  PositionNotEqualToLength:
    "The position to append at is not the present length of the object: another request appended meanwhile, or the number is old. A HEAD tells it (x-oss-next-append-position).",
  FieldItemTooLong: "A field of the form other than the file is longer than 4 KB.",
  FilePartInterity: "The stored bytes of a part do not have their checksum: upload the part again.",
  FilePartNotExist: "The completion lists a part that was not uploaded, or not with this ETag.",
  FilePartStale: "The stored bytes of a part do not have its length: upload the part again.",
  FileGroupTooLarge: "The parts together are larger than an object may be.",
  SymlinkTargetNotExist: "The object is a symbolic link, and the object that it points to does not exist.",
  MissingArgument: "A parameter that the operation requires is missing.",
  CORSRuleBeyondLimit: "A bucket has at most 10 CORS rules: merge some.",
  BadReplicationLocation: "The region to replicate to does not exist.",
  InvalidTargetBucketForLogging: "The bucket for the logs does not exist, or is another owner's or region's.",
  ImageTooLarge: "The image is larger than the image processing takes.",
  BucketReplicationAlreadyExist: "The two buckets have a replication rule already.",
}

/** https://www.tencentcloud.com/document/product/436/7730 */
const cos: Meanings = {
  EntitySizeNotMatch: "The body does not have the length that Content-Length announces.",
  DNSRecordVerifyFailed: "The custom domain is not verified: its CNAME or TXT record is missing, or not visible yet.",
  ImageResolutionExceed: "The image has more pixels or frames than the image processing takes.",
  AppendPositionErr: "The position to append at is not the present length of the object.",
}

/** https://support.huaweicloud.com/intl/en-us/sdk-php-devg-obs/obs_28_1601.html */
const obs: Meanings = {
  BadDomainName: "The domain name of the request is not one of the service's, or not bound to the bucket.",
  CustomDomainAreadyExist: "The custom domain is bound to a bucket already.",
  CustomDomainNotExist: "The custom domain is bound to no bucket.",
  "IncorrectNumberOfFilesInPost Request": "A form uploads exactly one file.",
}

const rowsOf = (meanings: Meanings, source: string): ReadonlyArray<Row> =>
  Object.entries(meanings).map(([code, means]) => ({ codes: [code], means, source }))

export const codes: ReadonlyArray<Row> = [
  ...rowsOf(oss, "https://www.alibabacloud.com/help/en/oss/developer-reference/error-codes-6"),
  ...rowsOf(cos, "https://www.tencentcloud.com/document/product/436/7730"),
  ...rowsOf(obs, "https://support.huaweicloud.com/intl/en-us/sdk-php-devg-obs/obs_28_1601.html"),
]
