/**
 * Errors from Alibaba, Tencent, Huawei, Baidu and Volcengine that S3 does not have:
 * https://www.alibabacloud.com/help/en/oss/user-guide/overview-14, https://www.tencentcloud.com/document/product/436/7730,
 * https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html, https://cloud.baidu.com/doc/BOS/s/Ajwvysfpl. Plain
 * data.
 */
import type { Vendor } from "./row.ts"

const debt =
  "The account is overdue (in arrears), or the provider closed or blocked it. The account owner must pay or contact support; the key itself is correct."

export const alibaba: Vendor = {
  source: "https://www.alibabacloud.com/help/en/oss/user-guide/overview-14",
  of: ["Alibaba Cloud OSS"],
  rows: [
    { codes: ["UserDisable", "InvalidAccountStatus"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["AccessDenied"], says: /because of (?:bucket|object) acl/i, status: 403, allows: ["PERM-007", "AUTH-014", "PERM-001"], means: "The ACL is private and the caller is not the owner. Sign the request with a key that has read permission, or make the bucket or object public-read." },
    { codes: ["AccessDenied"], says: /referer/i, status: 403, allows: ["PERM-007"], means: "The bucket's hotlink protection (its list of referers) blocks the page that the request comes from, or blocks requests without a Referer." },
    { codes: ["AccessDenied"], says: /does not belong to you/i, status: 403, allows: ["PERM-007", "PLACE-*"], means: "The bucket belongs to a different account than the key. The bucket's name is mistyped, or the key belongs to another account." },
    { codes: ["AccessDenied"], says: /bucket policy/i, status: 403, allows: ["PERM-007"], means: "A bucket policy denies it." },
    { codes: ["AccessDenied"], says: /authorizer's policy|no right to access this object|forbidden to|ram polic/i, status: 403, allows: ["PERM-007", "PERM-001", "AUTH-014"], means: "The RAM policies of the user, role or session (STS) do not allow this action on this bucket or object." },
    { codes: ["InvalidAccessKeyId"], says: /disabled|inactive/i, status: 403, allows: ["AUTH-018"], means: "The access key is disabled. The key's owner must enable the key in the RAM console or create a new one." },
    { codes: ["DownloadTrafficRateLimitExceeded", "UploadTrafficRateLimitExceeded", "MetaOperationQpsLimitExceeded", "QpsLimitExceeded", "TotalQpsLimitExceeded", "ReadTrafficRateLimitExceeded"], status: 503, allows: ["SVC-002"], means: "The account has reached its limit for bandwidth or for requests per second in this region." },
    { codes: ["FileAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The request forbids overwriting (x-oss-forbid-overwrite), and the object already exists." },
    { codes: ["ObjectNotAppendable", "PositionNotEqualToLength"], status: 409, allows: ["SVC-031"], means: "Data can be appended only to an object that AppendObject created, and only at the position that equals the object's length." },
    { codes: ["KmsServiceNotEnabled"], status: 403, allows: ["SVC-020"], means: "KMS is not activated for the account." },
    { codes: ["ObjectAlreadyExists"], status: 409, allows: ["SVC-008"], means: "The object already exists." },
  ],
} // prettier-ignore

export const tencent: Vendor = {
  source: "https://www.tencentcloud.com/document/product/436/7730",
  of: ["Tencent COS"],
  rows: [
    { codes: ["UnavailableForLegalReasons"], status: 451, allows: ["PERM-010"], means: `${debt} Tencent COS returns status 451 for an appid whose service is suspended.` },
    { codes: ["ArrearsError", "AccountInArrears", "InsufficientBalance"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["RequestIsExpired"], status: 403, allows: ["AUTH-019", "URL-*", "CLOCK-*"], means: "The signature's validity period (q-sign-time) has ended or has not begun. The signer's clock is wrong, or the URL is too old." },
    { codes: ["PathConflict"], status: 409, allows: ["SVC-005"], means: "Several requests are writing the same object at the same time." },
    { codes: ["BucketVersionNotOpen"], status: 400, allows: ["SVC-031"], means: "Versioning is not enabled for the bucket." },
    { codes: ["AttachmentFull"], status: 400, allows: ["SVC-007"], means: "The account has reached its limit of ACLs and policies." },
    { codes: ["BucketNameTooLong", "InvalidBucketName"], status: 400, allows: ["PLACE-004"], means: "A COS bucket appears in the host as NAME-APPID: NAME has lowercase letters, digits and hyphens, and APPID is the account number." },
    { codes: ["NoSuchBucket"], status: 404, allows: ["PLACE-005"], means: "COS finds a bucket by its NAME-APPID and its region, which are both in the host. The name, the APPID or the region is wrong." },
    { says: /\bappid\b.{0,60}bucket format/i, status: 400, allows: ["PLACE-004"], means: "The bucket's name lacks the APPID. COS always identifies a bucket as NAME-APPID, where APPID is the account number." },
    { codes: ["FreqLimit", "RequestLimitExceeded"], status: 503, allows: ["SVC-002"], means: "The bucket received more requests per second than it permits." },
    { codes: ["InvalidHost"], status: 400, allows: ["PLACE-013"], means: "The host does not belong to the storage service: its bucket, region or domain is wrong." },
  ],
} // prettier-ignore

export const huawei: Vendor = {
  source: "https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html",
  of: ["Huawei OBS"],
  rows: [
    { codes: ["InArrearOrInsufficientBalance", "DeregisterUserId", "FreezeUser", "AccountNotActivated"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["InsufficientStorageSpace"], status: 403, allows: ["SVC-007"], means: "The bucket's byte quota is exhausted. Raise the quota or delete objects." },
    { codes: ["TooManyWrongSignature"], status: 400, allows: ["AUTH-019"], means: "Too many requests had a wrong signature, so the key is temporarily locked. Correct the secret key before you try again." },
    { codes: ["FsNotSupport", "BucketAlreadyHasFile"], status: 405, allows: ["BODY-007"], means: "An OBS parallel file system does not support this operation." },
    { codes: ["ServiceNotSupported"], status: 403, allows: ["BODY-007"], means: "The region does not offer the requested service." },
  ],
} // prettier-ignore

/** The error table for Baidu and Volcengine. */
export const others: Vendor = {
  source: "https://cloud.baidu.com/doc/BOS/s/Ajwvysfpl",
  of: ["Baidu BOS", "Volcengine TOS"],
  rows: [
    { codes: ["OptInRequired"], status: 403, allows: ["PERM-010"], means: "The service is not activated for the account. The account owner must activate it in the console." },
    { codes: ["AccountOverdue", "Overdue", "AccountOverDue"], status: 403, allows: ["PERM-010"], means: debt },
    { codes: ["RequestExpired"], status: 400, allows: ["AUTH-019", "URL-*", "CLOCK-*"], means: "The signature is too old. The signer's clock is wrong, or the validity period of the URL has ended." },
    { codes: ["InvalidHTTPAuthHeader"], status: 400, allows: ["AUTH-012", "AUTH-011"], means: "The server cannot parse the Authorization header. Baidu's own API requires bce-auth-v1, and its S3 interface (s3.REGION.bcebos.com) requires an S3 signature." },
    { codes: ["ExceedQpsLimit", "ExceedAccountQPSLimit", "ExceedBucketQPSLimit", "ExceedAccountRateLimit", "ExceedBucketRateLimit"], status: 429, allows: ["SVC-002"], means: "The account or bucket received more requests or bytes per second than permitted." },
  ],
} // prettier-ignore
