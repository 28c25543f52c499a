/**
 * Vendor-specific codes that S3 does not have, as documented in the vendors' error references. Plain data.
 */
import type { Row } from "./row.ts"

type Meanings = Readonly<Record<string, string>>

/** https://www.alibabacloud.com/help/en/oss/developer-reference/error-codes-6 and https://help.aliyun.com/document_detail/185228.htm */
const oss: Meanings = {
  ObjectNotAppendable:
    "Bytes can be appended only to an object that was created by appending, and this object was not.",
  PositionNotEqualToLength:
    "The append position is not the current length of the object. Another request has appended data, or the position is outdated. A HEAD request returns the current position (x-oss-next-append-position).",
  FieldItemTooLong: "A form field other than the file is longer than 4 KB.",
  FilePartInterity: "The stored bytes of a part do not match its checksum: upload the part again.",
  FilePartNotExist: "The completion request lists a part that was not uploaded, or lists it with another ETag.",
  FilePartStale: "The stored bytes of a part do not match its length: upload the part again.",
  FileGroupTooLarge: "The combined size of the parts exceeds the maximum size of an object.",
  SymlinkTargetNotExist: "The object is a symbolic link, but the object that it points to does not exist.",
  MissingArgument: "A parameter that the operation requires is missing.",
  CORSRuleBeyondLimit: "A bucket can have at most 10 CORS rules: merge some of them.",
  BadReplicationLocation: "The destination region of the replication does not exist.",
  InvalidTargetBucketForLogging: "The bucket for the logs does not exist, or belongs to another owner or region.",
  ImageTooLarge: "The image exceeds the size that image processing accepts.",
  BucketReplicationAlreadyExist: "A replication rule already exists between the two buckets.",
}

/** https://www.tencentcloud.com/document/product/436/7730 */
const cos: Meanings = {
  EntitySizeNotMatch: "The length of the body differs from Content-Length.",
  DNSRecordVerifyFailed: "The custom domain is not verified: its CNAME or TXT record is missing, or not visible yet.",
  ImageResolutionExceed: "The image has more pixels or frames than image processing accepts.",
  AppendPositionErr: "The append position is not the current length of the object.",
}

/** https://support.huaweicloud.com/intl/en-us/sdk-php-devg-obs/obs_28_1601.html */
const obs: Meanings = {
  BadDomainName: "The domain name in the request does not belong to the service, or is not bound to the bucket.",
  CustomDomainAreadyExist: "The custom domain is already bound to a bucket.",
  CustomDomainNotExist: "The custom domain is not bound to a bucket.",
  "IncorrectNumberOfFilesInPost Request": "A form must upload exactly one file.",
}

const rowsOf = (meanings: Meanings, source: string): ReadonlyArray<Row> =>
  Object.entries(meanings).map(([code, means]) => ({ codes: [code], means, source }))

export const codes: ReadonlyArray<Row> = [
  ...rowsOf(oss, "https://www.alibabacloud.com/help/en/oss/developer-reference/error-codes-6"),
  ...rowsOf(cos, "https://www.tencentcloud.com/document/product/436/7730"),
  ...rowsOf(obs, "https://support.huaweicloud.com/intl/en-us/sdk-php-devg-obs/obs_28_1601.html"),
]
