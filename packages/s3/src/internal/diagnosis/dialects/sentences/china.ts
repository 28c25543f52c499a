/**
 * Errors of Alibaba, Tencent, Huawei, Baidu and Volcengine beyond S3's: https://www.alibabacloud.com/help/en/oss/user-guide/overview-14,
 * https://www.tencentcloud.com/document/product/436/7730, https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html,
 * https://cloud.baidu.com/doc/BOS/s/Ajwvysfpl. Plain data.
 */
import type { Vendor } from "./row.ts"

const debt =
  "The account is overdue (in arrears), or was closed or blocked by the provider: its owner pays or asks the support; the key itself is right."

export const alibaba: Vendor = {
  source: "https://www.alibabacloud.com/help/en/oss/user-guide/overview-14",
  of: ["Alibaba Cloud OSS"],
  rows: [
    { codes: ["UserDisable", "InvalidAccountStatus"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["AccessDenied"], says: /because of (?:bucket|object) acl/i, status: 403, allows: ["PERM-007", "AUTH-014", "PERM-001"], means: "The ACL is private and the caller is not the owner: sign the request with a key that may read, or make bucket or object public-read." },
    { codes: ["AccessDenied"], says: /referer/i, status: 403, allows: ["PERM-007"], means: "The hotlink protection of the bucket (its list of referers) does not admit the page that the request comes from, or one without a Referer." },
    { codes: ["AccessDenied"], says: /does not belong to you/i, status: 403, allows: ["PERM-007", "PLACE-*"], means: "The bucket belongs to another account than the key: its name is mistyped, or the key is another account's." },
    { codes: ["AccessDenied"], says: /bucket policy/i, status: 403, allows: ["PERM-007"], means: "A bucket policy denies it." },
    { codes: ["AccessDenied"], says: /authorizer's policy|no right to access this object|forbidden to|ram polic/i, status: 403, allows: ["PERM-007", "PERM-001", "AUTH-014"], means: "The RAM policies of the user, role or session (STS) do not allow this action on this bucket or object." },
    { codes: ["InvalidAccessKeyId"], says: /disabled|inactive/i, status: 403, allows: ["AUTH-018"], means: "The access key is disabled: its owner activates it in the RAM console, or makes a new one." },
    { codes: ["DownloadTrafficRateLimitExceeded", "UploadTrafficRateLimitExceeded", "MetaOperationQpsLimitExceeded", "QpsLimitExceeded", "TotalQpsLimitExceeded", "ReadTrafficRateLimitExceeded"], status: 503, allows: ["SVC-002"], means: "The bandwidth or the number of requests a second that the account has in this region is used up." },
    { codes: ["FileAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The request forbids to overwrite (x-oss-forbid-overwrite), and the object exists." },
    { codes: ["ObjectNotAppendable", "PositionNotEqualToLength"], status: 409, allows: ["SVC-031"], means: "An object is appended to only if it was made by AppendObject, and at the position that is its length." },
    { codes: ["KmsServiceNotEnabled"], status: 403, allows: ["SVC-020"], means: "KMS is not activated for the account." },
    { codes: ["ObjectAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The object already exists." },
  ],
} // prettier-ignore

export const tencent: Vendor = {
  source: "https://www.tencentcloud.com/document/product/436/7730",
  of: ["Tencent COS"],
  rows: [
    { codes: ["UnavailableForLegalReasons"], status: 451, allows: ["PERM-010"], means: `${debt} Tencent COS answers 451 for an appid whose service is suspended.` },
    { codes: ["ArrearsError", "AccountInArrears", "InsufficientBalance"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["RequestIsExpired"], status: 403, allows: ["AUTH-019", "URL-*", "CLOCK-*"], means: "The time for which the signature is good (q-sign-time) has expired or not begun: the clock of the signer is wrong, or the URL is too old." },
    { codes: ["PathConflict"], status: 409, allows: ["SVC-005"], means: "Several requests write the same object at the same time." },
    { codes: ["BucketVersionNotOpen"], status: 400, allows: ["SVC-031"], means: "The bucket has no versioning." },
    { codes: ["AttachmentFull"], status: 400, allows: ["SVC-007"], means: "The account has as many ACLs and policies as it may." },
    { codes: ["BucketNameTooLong", "InvalidBucketName"], status: 400, allows: ["PLACE-004"], means: "A bucket of COS is named NAME-APPID, both in the host: lower-case letters, digits and hyphens, and the number of the account behind them." },
    { codes: ["NoSuchBucket"], status: 404, allows: ["PLACE-005"], means: "A bucket of COS is found by NAME-APPID and its region, both in the host: one of the three is wrong." },
    { says: /\bappid\b.{0,60}bucket format/i, status: 400, allows: ["PLACE-004"], means: "The name of the bucket lacks the APPID: in COS a bucket is NAME-APPID everywhere, the number of the account behind a hyphen." },
    { codes: ["FreqLimit", "RequestLimitExceeded"], status: 503, allows: ["SVC-002"], means: "More requests a second came than the bucket takes." },
    { codes: ["InvalidHost"], status: 400, allows: ["PLACE-013"], means: "The host is not one of the storage's: bucket, region or domain in it is wrong." },
  ],
} // prettier-ignore

export const huawei: Vendor = {
  source: "https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html",
  of: ["Huawei OBS"],
  rows: [
    { codes: ["InArrearOrInsufficientBalance", "DeregisterUserId", "FreezeUser", "AccountNotActivated"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["InsufficientStorageSpace"], status: 403, allows: ["SVC-007"], means: "The bucket's quota of bytes is used up: raise it or delete something." },
    { codes: ["TooManyWrongSignature"], status: 400, allows: ["AUTH-019"], means: "Too many requests with a wrong signature: the key is locked for a while. Correct the secret key first." },
    { codes: ["FsNotSupport", "BucketAlreadyHasFile"], status: 405, allows: ["BODY-007"], means: "A parallel file system of OBS does not have this operation." },
    { codes: ["ServiceNotSupported"], status: 403, allows: ["BODY-007"], means: "The region does not offer this." },
  ],
} // prettier-ignore

/** The table of Baidu and Volcengine. */
export const others: Vendor = {
  source: "https://cloud.baidu.com/doc/BOS/s/Ajwvysfpl",
  of: ["Baidu BOS", "Volcengine TOS"],
  rows: [
    { codes: ["OptInRequired"], status: 403, allows: ["PERM-010"], means: "The service is not activated for the account: its owner activates it in the console." },
    { codes: ["AccountOverdue", "Overdue", "AccountOverDue"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["RequestExpired"], status: 400, allows: ["AUTH-019", "URL-*", "CLOCK-*"], means: "The signature is too old: the clock of the signer is wrong, or the time for which the URL was made has passed." },
    { codes: ["InvalidHTTPAuthHeader"], status: 400, allows: ["AUTH-012", "AUTH-011"], means: "The Authorization header cannot be read: Baidu's own API wants bce-auth-v1, its S3 interface (s3.REGION.bcebos.com) that of S3." },
    { codes: ["ExceedQpsLimit", "ExceedAccountQPSLimit", "ExceedBucketQPSLimit", "ExceedAccountRateLimit", "ExceedBucketRateLimit"], status: 429, allows: ["SVC-002"], means: "More requests or bytes a second came than account or bucket may have." },
  ],
} // prettier-ignore
