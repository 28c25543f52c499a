/**
 * Lists the formats of SDK exceptions. Each row states which parts of S3's response the exception preserves.
 */
import { statusOf } from "../codes.ts"
import type { Operation } from "./operation.ts"

/** The parts of S3's response that an exception preserves. */
export interface Kept extends Operation {
  readonly as: string
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly status?: string | undefined
  readonly requestId?: string | undefined
  readonly hostId?: string | undefined
}

/** `before` is the text before the match, limited to 1000 characters. */
export type Shape = readonly [
  pattern: RegExp,
  kept: (groups: ReadonlyArray<string | undefined>, before: string) => Kept,
]

/**
 * Returns the last line of the text that is not empty, without the exception names at the start of the line. A message can
 * end with a line break.
 */
export const lastSentence = (text: string): string => {
  const plain = text.trimEnd()
  return plain
    .slice(plain.lastIndexOf("\n") + 1)
    .replace(/^.{0,200}(?:Exception|Error):(?: |$)/, "")
    .trim()
}

/**
 * Finds the `Code: message` pair at the end of the text. A code from a vendor's table is preferred, then a compound name,
 * then the first word that may be a code.
 */
export const codeAndSentence = (text: string): Pick<Kept, "code" | "message"> => {
  const line = text.trimEnd().slice(-600)
  const words = [...line.matchAll(/(?<=^|[\s"'[])([A-Z][A-Za-z0-9]{2,60})\]?:(?: |$)/g)].map((found) => ({
    code: aliases[found[1] ?? ""] ?? found[1] ?? "",
    message: /^[^\n]{0,500}/.exec(line.slice(found.index + found[0].length))?.[0] ?? "",
  }))
  // A compound name is more likely a code than `Error` or the action names before it.
  return (
    words.find(({ code }) => statusOf(code) !== undefined) ??
    words.findLast(({ code }) => /[a-z][A-Z]/.test(code)) ??
    words[0] ??
    {}
  )
}

/** Maps codes that an SDK invents for a response without a code to the codes that S3 uses. */
export const aliases: Readonly<Record<string, string>> = { BucketRegionError: "PermanentRedirect" }

/** Maps the messages of s3fs to statuses. */
const s3fs: Readonly<Record<string, string>> = {
  "invalid credentials": "403",
  "bad request": "400",
  "bucket not found": "404",
}

export const shapes: ReadonlyArray<Shape> = [
  [
    // The object of SDK version 2, whose first line is not a member: `{ [Forbidden: null]`.
    /\bcode: '(Forbidden|NotFound|BadRequest)',[\s\S]{0,400}?\brequestId: '([^'\n]{1,80})',\s{1,20}extendedRequestId: '([^'\n]{1,200})',[\s\S]{0,200}?\bstatusCode: (\d{3})/,
    ([, , requestId, hostId, status]) => ({
      as: "an error from the AWS SDK for JavaScript",
      code: status,
      requestId,
      hostId,
    }),
  ],
  [
    /\bS3ServiceException:([^\n]{1,600}),Status (\d{3}),Error (\w{1,80}),Rid (\w{1,80})/,
    ([, message, status, code, requestId]) => ({
      as: "an Amazon Redshift error",
      message,
      status,
      code,
      requestId,
    }),
  ],
  [
    /\bPermission '?(?:storage|iam\.serviceAccounts)\.[\w.]{3,60}'? (?:denied on|is required to)[^\n]{0,400}/,
    ([message]) => ({ as: "a Google Cloud denial", code: "AccessDenied", message, status: "403" }),
  ],
  [
    /S3 Error Code: (\w{1,80})\. S3 Error Message: ([^\n]{0,500})/,
    ([, code, message], before) => ({
      as: "an S3 error reported by another AWS service",
      operation: /\b(?:Get|Put|Head|Delete|List)Objects?\b/.exec(before)?.[0],
      code,
      message,
    }),
  ],
  [
    /StatusCode=(\d{3}), ErrorCode=(\w{1,80}), ErrorMessage=\\?"?([^"\\\n]{0,500})\\?"?(?:, RequestId=(\w{1,80}))?/,
    ([, status, code, message, requestId]) => ({
      as: "an error from the Alibaba SDK for Go",
      status,
      code,
      message,
      requestId,
    }),
  ],
  [
    /AWS Error (?!NETWORK)([A-Z][A-Z_]{2,60})(?: \(HTTP status (\d{3})\))? during (\w{1,60}) operation: ([^\n]{0,400})/,
    ([, name = "", status, operation, message]) => ({
      as: "an error from the AWS SDK for C++ (Arrow)",
      code: name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      status,
      operation,
      message,
    }),
  ],
  [
    /An error occurred \(([\w.:-]{1,80})\) when calling the (\w{1,80}) operation(?: \([^)]{1,80}\))?: ([^\n]{0,500})/,
    ([, code, operation, message]) => ({ as: "an error from botocore (boto3, the AWS CLI)", code, operation, message }),
  ],
  [
    /\(Service: [A-Za-z0-9 ]{1,60}[;,] Status Code: (\d{3})(?:[;,] Error Code: ([\w ]{1,80}))?[;,] Request ID: ([\w-]{1,80})(?:[;,] (?:S3 )?Extended Request ID: ([^;,)\s]{1,200}))?/,
    ([, status, code, requestId, hostId], before) => ({
      as: "an exception from the AWS SDK for Java",
      message: lastSentence(before),
      status,
      code,
      requestId,
      hostId,
    }),
  ],
  [
    /operation error S3: (\w{1,80}),[^\n]{0,200}? StatusCode: (\d{3}), RequestID: ([\w-]{0,80}), (?:HostID: ([^,\s]{0,200}), )?(?:api error )?(\w{1,80}):[ \t]?([^\n]{0,500})/,
    ([, operation, status, requestId, hostId, code, message]) => ({
      as: "an error from the AWS SDK for Go (v2)",
      operation,
      status,
      requestId,
      hostId,
      code,
      message,
    }),
  ],
  [
    /status code: (\d{3}), request id: ([\w-]{0,80})(?:, host id: ([^\s,]{0,200}))?/,
    ([, status, requestId, hostId], before) => ({
      as: "an error from the AWS SDK for Go (v1)",
      ...codeAndSentence(before),
      status,
      requestId,
      hostId,
    }),
  ],
  [
    /service returned error: StatusCode=(\d{3}), ErrorCode=(\w{1,80}), ErrorMessage="([^"\n]{0,500})"(?:, RequestId=([\w-]{1,80}))?/,
    ([, status, code, message, requestId]) => ({
      as: "an error from the Alibaba OSS SDK for Go",
      status,
      code,
      message,
      requestId,
    }),
  ],
  [
    /S3 operation failed; code: (\w{1,80}), message: ([^\n]{0,500}?), resource: [^\n]{0,500}?, request_id: ([\w-]{0,80})(?:, host_id: ([^\s,]{0,200}))?/,
    ([, code, message, requestId, hostId]) => ({
      as: "an error from the MinIO client for Python",
      code,
      message,
      requestId,
      hostId,
    }),
  ],
  [
    // DuckDB: https://github.com/duckdb/duckdb-httpfs
    /HTTP (GET|HEAD|PUT|POST|DELETE) error (?:on|reading|to) '([^'\s]{1,4000})'(?: in region '[^'\n]{0,40}')? \(HTTP (?:code )?(\d{3})[^)\n]{0,40}\)([\s\S]{0,1000})/,
    ([, method, url, status, rest = ""]) => ({
      as: "a DuckDB error",
      method,
      url,
      status,
      code: /^\s*([A-Z][A-Za-z]{3,60}): /.exec(rest)?.[1],
      message: /^\s*[A-Z][A-Za-z]{3,60}: ([^\n]{0,500})/.exec(rest)?.[1],
      isUnsigned: /No credentials are provided/.test(rest),
    }),
  ],
  [
    // Huawei's SDK for C: https://github.com/huaweicloud/huaweicloud-sdk-c-obs
    /\bError\/Code ?: ?(\w{1,80})[^\n]{0,200}\n[^\n]{0,200}?\bError\/Message ?: ?([^\n]{1,500})/,
    ([, code, message]) => ({ as: "an error from the Huawei OBS SDK for C", code, message }),
  ],
  [
    /S3 error: (\d{3}) \((\w{1,80})\)(?:: ([^\n]{0,500}))?/,
    ([, status, code, message]) => ({ as: "an s3cmd error", status, code, message }),
  ],
  [
    /Error executing "(\w{1,80})" on "[^"\n]{0,4000}"[^\n]{0,4000}?(?:resulted in a `|(?:Client|Server) error: )(\d{3})\b/,
    ([, operation, status]) => ({ as: "an exception from the AWS SDK for PHP", operation, status }),
  ],
  [
    /'Code': '(\w{1,80})', 'Message': (?:'([^'\n]{0,500})'|"([^"\n]{0,500})")/,
    ([, code, single, double]) => ({ as: "a botocore response (boto3)", code, message: single ?? double }),
  ],
  [
    // Rails' page and log: the location, with the message on a separate line.
    /\bAws::S3::Errors::(\w{1,80}) in [\w:]{1,100}#\w{1,60}\s{1,20}([^\n]{1,500})/,
    ([, code, message]) => ({ as: "an exception from the AWS SDK for Ruby", code, message }),
  ],
  [
    // s3fs reports the status of its first bucket check in words.
    /\b(invalid credentials|bad request|bucket not found)\(host=https?:/,
    ([, words = ""]) => ({ as: "s3fs output", code: s3fs[words], operation: "HeadBucket" }),
  ],
  [
    /\bPermissionError: (Forbidden)\s*$/,
    () => ({ as: "an exception from s3fs for Python", code: "403", operation: "HeadObject" }),
  ],
  [
    /\bAws::S3::Errors::(\w{1,80})\b(?:[:( ]{1,3}([^\n)]{0,500}))?/,
    ([, code, message]) => ({ as: "an exception from the AWS SDK for Ruby", code, message }),
  ],
  [/\bAmazonS3Exception: ([^\n]{0,500})/, ([, message]) => ({ as: "an Amazon S3 exception", message })],
  [
    /\bAWSS3ErrorDomain Code=-?\d{1,5}\b[^\n{]{0,100}UserInfo=\{([^\n}]{1,4000})\}/,
    ([, info = ""]) => ({
      as: "an error from the AWS SDK for iOS",
      code: /(?:^|, )Code=(\w{1,80})/.exec(info)?.[1],
      message: /(?:^|, )Message=([^=]{1,500}?)(?:, \w{1,40}=|$)/.exec(info)?.[1],
      requestId: /(?:^|, )RequestId=(\w{1,80})/.exec(info)?.[1],
      hostId: /(?:^|, )HostId=([\w+/=]{1,200})/.exec(info)?.[1],
    }),
  ],
  [
    /Error making request with Error Code (\w{1,80}) and Http Status Code (\w{1,40})/,
    ([, code]) => ({ as: "an exception from the AWS SDK for .NET", code }),
  ],
  [
    /code: Some\("(\w{1,80})"\), message: Some\("([^"\n]{0,500})"\)/,
    ([, code, message]) => ({ as: "an error from the AWS SDK for Rust", code, message }),
  ],
  [
    /\bcode: "(\w{1,80})", message: "([^"\n]{0,500})"/,
    ([, code, message]) => ({ as: "an error from the AWS SDK for Rust", code, message }),
  ],
  [
    /\n[ \t]{1,12}at [^\n]{0,300}?(?:extractError|throwDefaultError|aws-sdk|smithy)/,
    (_, before) => ({ as: "an error from the AWS SDK for JavaScript", ...codeAndSentence(before) }),
  ],
]
