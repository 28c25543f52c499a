/**
 * Server messages about authentication, from published error tables. Each message has a single cause, which it identifies
 * even if the request was not captured. Plain data.
 */
import type { Row } from "./row.ts"

const minio = "https://github.com/minio/minio/blob/master/cmd/api-errors.go"
const seaweed = "https://github.com/seaweedfs/seaweedfs/blob/master/weed/s3api/s3err/s3api_errors.go"
const garage = "https://git.deuxfleurs.fr/Deuxfleurs/garage/src/branch/main-v2/src/api/common/signature"
const amazon = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-troubleshooting.html"
const common = "https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html"
const alibaba = "https://www.alibabacloud.com/help/en/oss/support/http-status-code-403"
const huawei = "https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0115.html"
const baidu = "https://cloud.baidu.com/doc/BOS/s/Ajwvysfpl"
const google = "https://cloud.google.com/storage/docs/xml-api/reference-status"
const backblaze = "https://www.backblaze.com/docs/cloud-storage-call-the-s3-compatible-api"

/** The messages, with the most specific one first. */
export const proof: ReadonlyArray<Row> = [
  // The key.
  {
    allows: ["AUTH-018"],
    codes: ["InvalidAccessKeyId", "AccessKeyDisabled", "InactiveAccessKey", "InvalidClientTokenId"],
    says: /\b(?:disabled|inactive|deactivated|revoked|suspended)\b/i,
    means: "The server recognizes the key id and reports that the key is disabled.",
    source: minio,
  },
  {
    allows: ["AUTH-018"],
    codes: ["AccessKeyDisabled", "InactiveAccessKey", "AccessKeyExpired"],
    means: "The server recognizes the key id and reports that the key is disabled or has expired.",
    source: alibaba,
  },
  {
    allows: ["AUTH-007"],
    says: /requires setting up SeaweedFS S3 authentication/i,
    means:
      "SeaweedFS has no identities configured, so it does not recognize any access key: configure identities (s3.configure, or -s3.config), or send unsigned requests.",
    source: seaweed,
  },
  {
    allows: ["AUTH-007"],
    says: /no such bucket access key|the key '[^']{0,80}' is not valid|access key (?:id )?(?:was )?not found|unknown access key/i,
    means:
      "The key id was deleted or mistyped, or it does not belong to the account, cluster or region of the endpoint.",
    source: backblaze,
  },
  {
    allows: ["PERM-010"],
    codes: ["AccountExpired", "AccountSuspended"],
    means: "The account that owns the key has no subscription to the service, or the subscription has expired.",
    source: common,
  },
  {
    allows: ["PERM-010"],
    says: /account .{0,20}(?:not .{0,20}(?:verified|authenticated)|arrears|overdue|has expired)|real.?name/i,
    means:
      "The owner of the account must verify their identity or pay the outstanding balance before the account can use the service.",
    source: huawei,
  },

  // The session.
  {
    allows: ["AUTH-004"],
    says: /security token .{0,40}(?:expired|has ended)/i,
    means: "The server reports that the session token has expired: fetch new temporary credentials.",
    source: alibaba,
  },
  {
    allows: ["AUTH-005"],
    codes: ["InvalidSecurityToken", "SecurityTokenMalformed", "UnrecognizedClientException"],
    means: "The server reports that the session token is invalid or does not belong to the key.",
    source: alibaba,
  },

  {
    allows: ["AUTH-012"],
    says: /credential must have exactly 5 slash-delimited/i,
    means:
      "The Credential does not consist of five parts separated by slashes: the secret key (which may contain slashes) was sent in place of the key id, or the key id was copied with a slash.",
    source: common,
  },
  {
    allows: ["AUTH-005"],
    says: /session token should be a valid JWT/i,
    means:
      "With a session token, Supabase requires three values that belong together: the project's reference as the key id, its anon key (a JWT) as the secret, and a user's JWT as the session token. One of these three values is wrong.",
    source: "https://supabase.com/docs/guides/storage/s3/authentication",
  },

  // The clock.
  {
    allows: ["CLOCK-002"],
    says: /signature not yet current|signature expired:.{0,60}is now earlier than/i,
    means:
      "The time in the signature differs too much from the server's time: the clock is wrong, or the request was sent too long after it was signed.",
    source: amazon,
  },

  // The region.
  {
    allows: ["PLACE-001"],
    says: /signing region|region does not match|incorrect region/i,
    means: "The region in the credential differs from the region that the server expects.",
    source: minio,
  },

  // The Authorization header.
  {
    allows: ["URL-007"],
    says: /(?:service|request) scope should be|credential field (?:malformed|does not follow)|credential is invalid/i,
    means:
      "The server cannot use the credential: it must consist of the key id, day, region, s3 and aws4_request, separated by slashes.",
    source: seaweed,
  },
  {
    allows: ["AUTH-012"],
    says: /authorization header (?:you provided )?is invalid|one and only one ' '|expected AwsAccessKeyId:signature|signature header missing|authorization header requires|header or query param is malformed|malformed; missing \w|missing credential field|unsupported authorization method/i,
    means:
      "The server cannot read the Authorization header: a part of it is missing, or the server does not support its format.",
    source: minio,
  },
  {
    allows: ["AUTH-012"],
    codes: ["IncompleteSignature", "IncompleteSignatureException", "InvalidHTTPAuthHeader"],
    means:
      "The server cannot read the Authorization header: a part of it is missing, or the server does not support its format.",
    source: baidu,
  },
  {
    allows: ["AUTH-013"],
    says: /missing x-amz-(?:date|content-sha256)\b/i,
    means: "The request lacks x-amz-date or x-amz-content-sha256, which a signature of version 4 requires.",
    source: garage,
  },
  {
    allows: ["AUTH-014"],
    says: /\banonymous (?:access|users?|requests?|callers?)\b.{0,40}(?:forbidden|cannot|can't|not (?:allowed|permitted|supported)|denied)|not support anonymous|no AWSAccessKey was presented|missing S3 access key/i,
    means: "The server did not find a signature, and it does not accept anonymous requests for this operation.",
    source: garage,
  },

  // The signature.
  {
    allows: ["SIGN-029"],
    says: /signature (?:was|is) not (?:valid )?(?:base64|hex)/i,
    means:
      "The server cannot decode the signature: it was cut off, its + and / were not percent-encoded in the URL, or it uses the URL-safe alphabet of base64 instead of the standard one.",
    source: google,
  },

  // The URL.
  {
    allows: ["URL-006"],
    says: /\bX-Amz-\w{1,20} (?:not found|is missing) in query/i,
    means: "The URL that the server received lacks a parameter of the signature.",
    source: garage,
  },
  {
    allows: ["URL-008"],
    says: /X-Amz-Algorithm only supports/i,
    means: "The server does not support the algorithm specified in the URL.",
    source: minio,
  },
]
