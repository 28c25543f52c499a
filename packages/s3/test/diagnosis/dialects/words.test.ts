/**
 * The messages of storages, with the cause that they permit. The response's own message takes precedence over
 * everything else in the request.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"

const KEY = "AKIAIOSFODNN7EXAMPLE"
const signed = (key: string, region: string) =>
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${key}%2F20261121%2F${region}%2Fs3%2Faws4_request&X-Amz-Date=20261121T172358Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=${"feedface".repeat(8)}`
const auth = (key = KEY, region = "eu-west-1") => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${key}/20261121/${region}/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${"feedface".repeat(8)}`,
  "x-amz-date": "20261121T172358Z",
  "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
})
const aws = {
  "x-amz-request-id": "7TXQEXAMPLE00001",
  "x-amz-id-2": "E=",
  server: "AmazonS3",
  "content-type": "application/xml",
  date: "Sat, 21 Nov 2026 17:24:10 GMT",
}
const hosts: Record<string, [string, Record<string, string>]> = {
  aws: ["https://talks.s3.eu-west-1.amazonaws.com/takes/talk.mov", aws],
  r2: [
    "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/talks/talk.mov",
    { server: "cloudflare", "cf-ray": "7f-IAD", date: aws.date },
  ],
  b2: [
    "https://s3.us-west-004.backblazeb2.com/talks/talk.mov",
    { server: "nginx", "x-amz-request-id": "f15a449517f8b909", date: aws.date },
  ],
  gcs: [
    "https://storage.googleapis.com/talks/talk.mov",
    { server: "UploadServer", "x-guploader-uploadid": "AEnB2", date: aws.date },
  ],
  minio: ["http://127.0.0.1:9000/talks/talk.mov", { server: "MinIO", date: aws.date }],
  ceph: [
    "http://rgw.example.net/talks/talk.mov",
    { "x-amz-request-id": "tx000006f02d5bc8a32f819-006b0c1057-1008-default", date: aws.date },
  ],
  oci: [
    "https://ns.compat.objectstorage.eu-frankfurt-1.oraclecloud.com/talks/talk.mov",
    { "opc-request-id": "fra-1:A", date: aws.date },
  ],
  oss: [
    "https://talks.oss-cn-beijing.aliyuncs.com/talk.mov",
    { server: "AliyunOSS", "x-oss-request-id": "62", date: aws.date },
  ],
  wasabi: [
    "https://s3.eu-central-1.wasabisys.com/talks/talk.mov",
    { server: "WasabiS3/7", "x-amz-request-id": "A", date: aws.date },
  ],
  supabase: [
    "https://invented0000000000ab.supabase.co/storage/v1/object/talks/talk.mov",
    { "sb-gateway-version": "1", server: "cloudflare", date: aws.date },
  ],
  cf: [
    "https://d111111abcdef8.cloudfront.net/index.html",
    { ...aws, via: "1.1 0a.cloudfront.net (CloudFront)", "x-cache": "Error from cloudfront" },
  ],
}
type Said = [
  expect: string,
  where: string,
  method: string,
  extra: Record<string, string>,
  status: number,
  body: string,
  url?: string,
]
const e = (c: string, m: string, x = "") => `<Error><Code>${c}</Code><Message>${m}</Message>${x}</Error>`
const j = (s: string, er: string, m: string) => JSON.stringify({ statusCode: s, error: er, message: m })
const all: ReadonlyArray<Said> = [
  [
    "BODY-015",
    "r2",
    "PUT",
    { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32" },
    501,
    e("NotImplemented", "STREAMING-UNSIGNED-PAYLOAD-TRAILER not implemented"),
  ],
  [
    "BODY-007",
    "r2",
    "PUT",
    { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" },
    501,
    e("NotImplemented", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD not implemented"),
  ],
  [
    "BODY-015",
    "r2",
    "PUT",
    { "x-amz-checksum-crc32": "q8l1Xg==" },
    501,
    e("NotImplemented", "Header 'x-amz-checksum-crc32' with value 'q8l1Xg==' not implemented"),
  ],
  [
    "BODY-007",
    "r2",
    "PUT",
    { "x-amz-server-side-encryption": "AES256" },
    501,
    e("NotImplemented", "Header 'x-amz-server-side-encryption' with value 'AES256' not implemented"),
  ],
  [
    "BODY-007",
    "r2",
    "PUT",
    { "x-amz-tagging": "a=b" },
    501,
    e("NotImplemented", "Header 'x-amz-tagging' with value 'a=b' not implemented"),
  ],
  [
    "SVC-007",
    "b2",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      "Cannot upload files, storage cap exceeded. See the Caps &amp; Alerts page to increase your cap.",
    ),
  ],
  ["SVC-007", "b2", "GET", {}, 403, e("AccessDenied", "Transaction cap exceeded")],
  [
    "BODY-007",
    "b2",
    "PUT",
    { "x-amz-tagging": "a=b" },
    400,
    e("InvalidArgument", "Unsupported header 'x-amz-tagging' received for this API call."),
  ],
  [
    "SVC-023",
    "b2",
    "PUT",
    { "x-amz-acl": "public-read-write" },
    400,
    e("InvalidArgument", "Unsupported value for canned acl 'public-read-write'"),
  ],
  [
    "PERM-003",
    "gcs",
    "PUT",
    { "x-amz-acl": "public-read" },
    400,
    e(
      "InvalidArgument",
      "Invalid argument.",
      "<Details>Cannot insert legacy ACL for an object when uniform bucket-level access is enabled. Read more at https://cloud.google.com/storage/docs/uniform-bucket-level-access</Details>",
    ),
  ],
  [
    "PERM-001",
    "gcs",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      "Access denied.",
      "<Details>up@x.iam.gserviceaccount.com does not have storage.objects.delete access to the Google Cloud Storage object.</Details>",
    ),
  ],
  [
    "SVC-002",
    "gcs",
    "PUT",
    {},
    429,
    '{"error":{"code":429,"message":"The object exceeded the rate limit for object mutation operations (create, update, and delete). Please reduce your request rate.","errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"m"}]}}',
  ],
  [
    "SVC-006",
    "gcs",
    "PUT",
    { "x-goog-if-generation-match": "0" },
    412,
    e("PreconditionFailed", "At least one of the pre-conditions you specified did not hold."),
  ],
  [
    "SVC-020",
    "gcs",
    "PUT",
    {},
    403,
    e("CloudKmsDisabledKey", "Cloud KMS key is disabled, destroyed, or scheduled to be destroyed."),
  ],
  ["PLACE-013", "minio", "PUT", {}, 400, e("InvalidArgument", "S3 API Requests must be made to API port.")],
  [
    "BODY-015",
    "ceph",
    "PUT",
    { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32" },
    400,
    e("XAmzContentSHA256Mismatch", ""),
  ],
  [
    "PLACE-005",
    "oci",
    "PUT",
    {},
    404,
    '{"code":"BucketNotFound","message":"Either the bucket named \'talks\' does not exist in the namespace \'ns\' or you are not authorized to access it"}',
  ],
  [
    "BODY-007",
    "oci",
    "PUT",
    { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" },
    501,
    e("NotImplemented", "AWS chunked encoding not supported."),
  ],
  [
    "PLACE-002|PLACE-001|PLACE-003",
    "oss",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
      "<Endpoint>oss-cn-shanghai.aliyuncs.com</Endpoint><EC>0003-00001403</EC>",
    ),
  ],
  [
    "BODY-015",
    "oss",
    "PUT",
    {
      "content-encoding": "aws-chunked",
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-trailer": "x-amz-checksum-crc32",
    },
    400,
    e(
      "InvalidArgument",
      "aws-chunked encoding is not supported with the specified x-amz-content-sha256 value.",
      "<EC>0017-00000804</EC>",
    ),
  ],
  ["PERM-010", "oss", "PUT", {}, 403, e("UserDisable", "UserDisable")],
  [
    "SVC-008",
    "oss",
    "PUT",
    { "x-oss-forbid-overwrite": "true" },
    409,
    e("FileAlreadyExists", "The object you specified already exists and can not be overwritten."),
  ],
  ["PERM-009", "wasabi", "GET", {}, 403, e("AccessDenied", "Public use of objects is not allowed by default.")],
  ["PERM-012", "supabase", "POST", {}, 400, j("403", "Unauthorized", "new row violates row-level security policy")],
  ["PLACE-005", "supabase", "POST", {}, 400, j("404", "Bucket not found", "Bucket not found")],
  [
    "BODY-019",
    "supabase",
    "POST",
    {},
    413,
    j("413", "Payload too large", "The object exceeded the maximum allowed size"),
  ],
  ["SVC-030", "supabase", "POST", {}, 400, j("415", "invalid_mime_type", "mime type image/heic is not supported")],
  ["PLACE-006", "supabase", "POST", {}, 400, j("400", "InvalidKey", "Invalid key: übung.mov")],
  ["PERM-013", "cf", "GET", {}, 403, e("AccessDenied", "Access Denied")],
  [
    "AUTH-014",
    "aws",
    "GET",
    {},
    403,
    e("AccessDenied", "Anonymous users cannot invoke this API. Please authenticate."),
    "https://talks.s3.eu-west-1.amazonaws.com/?list-type=2",
  ],
  [
    "PERM-007",
    "aws",
    "PUT",
    { ...auth(), "x-amz-copy-source": "/other/a.mov" },
    403,
    e("AccessDenied", "Access Denied"),
  ],
  [
    "SVC-009",
    "aws",
    "PUT",
    { ...auth(), "x-amz-copy-source": "/talks/takes/talk.mov" },
    400,
    e(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    ),
  ],
  [
    "BODY-002",
    "aws",
    "PUT",
    { ...auth(), "x-amz-copy-source": "/other/a.mov" },
    400,
    e(
      "InvalidRequest",
      "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    ),
  ],
  [
    "SVC-009",
    "aws",
    "PUT",
    { ...auth(), "x-amz-copy-source": "a.mov" },
    400,
    e(
      "InvalidArgument",
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "<ArgumentName>x-amz-copy-source</ArgumentName><ArgumentValue>x-amz-copy-source</ArgumentValue>",
    ),
  ],
  [
    "SVC-009",
    "aws",
    "PUT",
    { ...auth(), "x-amz-copy-source": "/other/a.mov" },
    404,
    e("NoSuchKey", "The specified key does not exist.", "<Key>a.mov</Key>"),
  ],
  [
    "BODY-018",
    "aws",
    "POST",
    { ...auth() },
    400,
    e("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"),
    "https://talks.s3.eu-west-1.amazonaws.com/?delete",
  ],
  [
    "BODY-018",
    "aws",
    "POST",
    { ...auth() },
    400,
    e("MissingContentMD5", "Missing required header for this request: Content-Md5."),
    "https://talks.s3.eu-west-1.amazonaws.com/?delete",
  ],
  [
    "SVC-021",
    "aws",
    "GET",
    {},
    403,
    e(
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
      "<StorageClass>DEEP_ARCHIVE</StorageClass>",
    ),
  ],
  [
    "PERM-005",
    "aws",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      "User: arn:aws:iam::123456789012:user/app is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:eu-west-1:123456789012:key/x because no resource-based policy allows the kms:GenerateDataKey action",
    ),
  ],
  [
    "SVC-020",
    "aws",
    "PUT",
    {},
    400,
    e("KMS.DisabledException", "arn:aws:kms:eu-west-1:123456789012:key/x is disabled."),
  ],
  [
    "SVC-020",
    "aws",
    "PUT",
    {},
    400,
    e("KMS.KMSInvalidStateException", "arn:aws:kms:eu-west-1:123456789012:key/x is pending deletion."),
  ],
  ["SVC-020", "aws", "PUT", {}, 400, e("KMS.NotFoundException", "Invalid arn eu-central-1")],
  [
    "SVC-020",
    "aws",
    "GET",
    {},
    400,
    e(
      "InvalidRequest",
      "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.",
    ),
  ],
  [
    "PERM-001",
    "aws",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      'User: arn:aws:iam::123456789012:user/app is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::talks/takes/talk.mov" with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-x/service_control_policy/p-y',
    ),
  ],
  [
    "PERM-001",
    "aws",
    "PUT",
    {},
    403,
    e(
      "AccessDenied",
      'User: arn:aws:iam::123456789012:user/app is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::talks/takes/talk.mov" because no VPC endpoint policy allows the s3:PutObject action',
    ),
  ],
  [
    "PERM-006",
    "aws",
    "DELETE",
    { ...auth() },
    403,
    e("AccessDenied", "Access Denied because object protected by object lock."),
  ],
  [
    "MPU-006",
    "aws",
    "POST",
    { ...auth() },
    400,
    e(
      "InvalidPart",
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      "<UploadId>U</UploadId><PartNumber>2</PartNumber><ETag>x</ETag>",
    ),
    "https://talks.s3.eu-west-1.amazonaws.com/takes/talk.mov?uploadId=U",
  ],
  [
    "SVC-005",
    "aws",
    "PUT",
    { ...auth(), "if-none-match": "*" },
    409,
    e(
      "ConditionalRequestConflict",
      "The conditional request cannot succeed due to a conflicting operation against this resource.",
      "<Condition>If-None-Match</Condition>",
    ),
  ],
  ["SVC-025", "aws", "HEAD", {}, 404, ""],
  ["AUTH-009", "r2", "PUT", {}, 400, e("InvalidArgument", "Credential access key has length 20, should be 32")],
  ["PLACE-001|PLACE-002|PLACE-003", "aws", "HEAD", {}, 301, ""],
]

describe("a storage's message", () => {
  for (const [expected, where, method, headers, status, body, address] of all) {
    it(`explains ${method} ${status} ${body.slice(0, 90)} from ${where} as ${expected}`, () => {
      const host = hosts[where]
      assert(host !== undefined)
      const [url, marks] = host
      const isWhole =
        headers["authorization"] !== undefined || address !== undefined || ["supabase", "cf"].includes(where)
      const response = {
        status,
        headers: { ...marks, ...(status === 301 ? { "x-amz-bucket-region": "us-west-2" } : {}) },
        ...(body === "" ? {} : { body }),
      }
      const size = ["PUT", "POST"].includes(method) ? 9 : 0
      const key = where === "r2" ? "0123456789abcdef0123456789abcdef" : KEY
      const request = {
        method,
        url: address ?? (isWhole ? url : `${url}?${signed(key, "eu-west-1")}`),
        headers: { "content-length": String(size), ...headers },
        size,
      }
      const { code } = Diagnosis.explain({ request, response })
      assert.include(
        expected.split("|").map((one) => `HF-S3-${one}`),
        code,
      )
      const alone = Diagnosis.explain({ response })
      assert.isTrue(alone.confidence !== "certain" || alone.code === code, `alone: ${alone.code}`)
    })
  }
})
