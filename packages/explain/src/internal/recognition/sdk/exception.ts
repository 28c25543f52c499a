/**
 * The texts of SDKs' exceptions: botocore, the AWS SDKs for Java, Go, .NET, PHP, Ruby, Rust and JavaScript, MinIO's clients, s3cmd.
 * Each keeps the code, the sentence, the status or the id of S3's answer, and drops the rest.
 */
import * as Around from "../around.ts"
import { sentenceIn } from "./sentences.ts"
import { assumed, type Recognized } from "../recognized.ts"
import { statusOf } from "../codes.ts"
import { type Operation, requestOf } from "./operation.ts"

/** What an exception kept of S3's answer. */
interface Kept extends Operation {
  readonly as: string
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly status?: string | undefined
  readonly requestId?: string | undefined
  readonly hostId?: string | undefined
}

/** `before` is what stands before the match, at most a thousand characters. */
type Shape = readonly [pattern: RegExp, kept: (groups: ReadonlyArray<string | undefined>, before: string) => Kept]

/** The last line of a text, without the names of exceptions that it begins with. */
const lastSentence = (text: string): string =>
  text
    .slice(text.lastIndexOf("\n") + 1)
    .replace(/^.{0,200}(?:Exception|Error): /, "")
    .trim()

/** The `Code: sentence` at the end of a text: the first code of a vendor's table, else the first word that may be one. */
const codeAndSentence = (text: string): Pick<Kept, "code" | "message"> => {
  const line = text.trimEnd().slice(-600)
  const words = [...line.matchAll(/(?<=^|[\s"'[])([A-Z][A-Za-z0-9]{2,60})\]?:(?: |$)/g)].map((found) => ({
    code: aliases[found[1] ?? ""] ?? found[1] ?? "",
    message: /^[^\n]{0,500}/.exec(line.slice(found.index + found[0].length))?.[0] ?? "",
  }))
  // A name of many words is a code sooner than `Error` and the names of actions before it.
  return (
    words.find(({ code }) => statusOf(code) !== undefined) ??
    words.findLast(({ code }) => /[a-z][A-Z]/.test(code)) ??
    words[0] ??
    {}
  )
}

/** Codes that an SDK has for an answer without one. */
const aliases: Readonly<Record<string, string>> = { BucketRegionError: "PermanentRedirect" }

/** The statuses behind the words of s3fs. */
const s3fs: Readonly<Record<string, string>> = {
  "invalid credentials": "403",
  "bad request": "400",
  "bucket not found": "404",
}

const shapes: ReadonlyArray<Shape> = [
  [
    // The object of version 2, whose first line is no member: `{ [Forbidden: null]`.
    /\bcode: '(Forbidden|NotFound|BadRequest)',[\s\S]{0,400}?\brequestId: '([^'\n]{1,80})',\s{1,20}extendedRequestId: '([^'\n]{1,200})',[\s\S]{0,200}?\bstatusCode: (\d{3})/,
    ([, , requestId, hostId, status]) => ({
      as: "the error of the AWS SDK for JavaScript",
      code: status,
      requestId,
      hostId,
    }),
  ],
  [
    /\bS3ServiceException:([^\n]{1,600}),Status (\d{3}),Error (\w{1,80}),Rid (\w{1,80})/,
    ([, message, status, code, requestId]) => ({
      as: "the error of Amazon Redshift",
      message,
      status,
      code,
      requestId,
    }),
  ],
  [
    /\bPermission '?(?:storage|iam\.serviceAccounts)\.[\w.]{3,60}'? (?:denied on|is required to)[^\n]{0,400}/,
    ([message]) => ({ as: "a denial of Google Cloud", code: "AccessDenied", message, status: "403" }),
  ],
  [
    /S3 Error Code: (\w{1,80})\. S3 Error Message: ([^\n]{0,500})/,
    ([, code, message], before) => ({
      as: "what another service of AWS says of S3",
      operation: /\b(?:Get|Put|Head|Delete|List)Objects?\b/.exec(before)?.[0],
      code,
      message,
    }),
  ],
  [
    /StatusCode=(\d{3}), ErrorCode=(\w{1,80}), ErrorMessage=\\?"?([^"\\\n]{0,500})\\?"?(?:, RequestId=(\w{1,80}))?/,
    ([, status, code, message, requestId]) => ({
      as: "the error of Alibaba's SDK for Go",
      status,
      code,
      message,
      requestId,
    }),
  ],
  [
    /AWS Error (?!NETWORK)([A-Z][A-Z_]{2,60})(?: \(HTTP status (\d{3})\))? during (\w{1,60}) operation: ([^\n]{0,400})/,
    ([, name = "", status, operation, message]) => ({
      as: "the error of the AWS SDK for C++ (Arrow)",
      code: name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      status,
      operation,
      message,
    }),
  ],
  [
    /An error occurred \(([\w.:-]{1,80})\) when calling the (\w{1,80}) operation(?: \([^)]{1,80}\))?: ([^\n]{0,500})/,
    ([, code, operation, message]) => ({ as: "the error of botocore (boto3, the AWS CLI)", code, operation, message }),
  ],
  [
    /\(Service: [A-Za-z0-9 ]{1,60}[;,] Status Code: (\d{3})(?:[;,] Error Code: ([\w ]{1,80}))?[;,] Request ID: ([\w-]{1,80})(?:[;,] (?:S3 )?Extended Request ID: ([^;,)\s]{1,200}))?/,
    ([, status, code, requestId, hostId], before) => ({
      as: "an exception of the AWS SDK for Java",
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
      as: "the error of the AWS SDK for Go (v2)",
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
      as: "the error of the AWS SDK for Go (v1)",
      ...codeAndSentence(before),
      status,
      requestId,
      hostId,
    }),
  ],
  [
    /service returned error: StatusCode=(\d{3}), ErrorCode=(\w{1,80}), ErrorMessage="([^"\n]{0,500})"(?:, RequestId=([\w-]{1,80}))?/,
    ([, status, code, message, requestId]) => ({
      as: "the error of Alibaba's OSS SDK for Go",
      status,
      code,
      message,
      requestId,
    }),
  ],
  [
    /S3 operation failed; code: (\w{1,80}), message: ([^\n]{0,500}?), resource: [^\n]{0,500}?, request_id: ([\w-]{0,80})(?:, host_id: ([^\s,]{0,200}))?/,
    ([, code, message, requestId, hostId]) => ({
      as: "the error of MinIO's client for Python",
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
      as: "the error of DuckDB",
      method,
      url,
      status,
      code: /^\s*([A-Z][A-Za-z]{3,60}): /.exec(rest)?.[1],
      message: /^\s*[A-Z][A-Za-z]{3,60}: ([^\n]{0,500})/.exec(rest)?.[1],
      isUnsigned: /No credentials are provided/.test(rest),
    }),
  ],
  [
    /S3 error: (\d{3}) \((\w{1,80})\)(?:: ([^\n]{0,500}))?/,
    ([, status, code, message]) => ({ as: "the error of s3cmd", status, code, message }),
  ],
  [
    /Error executing "(\w{1,80})" on "[^"\n]{0,4000}"[^\n]{0,4000}?(?:resulted in a `|(?:Client|Server) error: )(\d{3})\b/,
    ([, operation, status]) => ({ as: "an exception of the AWS SDK for PHP", operation, status }),
  ],
  [
    /'Code': '(\w{1,80})', 'Message': (?:'([^'\n]{0,500})'|"([^"\n]{0,500})")/,
    ([, code, single, double]) => ({ as: "the response of botocore (boto3)", code, message: single ?? double }),
  ],
  [
    // The page and the log of Rails: where it happened, and the sentence in a line of its own.
    /\bAws::S3::Errors::(\w{1,80}) in [\w:]{1,100}#\w{1,60}\s{1,20}([^\n]{1,500})/,
    ([, code, message]) => ({ as: "an exception of the AWS SDK for Ruby", code, message }),
  ],
  [
    // s3fs keeps the status of its first look at the bucket in words.
    /\b(invalid credentials|bad request|bucket not found)\(host=https?:/,
    ([, words = ""]) => ({ as: "the output of s3fs", code: s3fs[words], operation: "HeadBucket" }),
  ],
  [
    /\bPermissionError: (Forbidden)\s*$/,
    () => ({ as: "an exception of s3fs for Python", code: "403", operation: "HeadObject" }),
  ],
  [
    /\bAws::S3::Errors::(\w{1,80})\b(?:[:( ]{1,3}([^\n)]{0,500}))?/,
    ([, code, message]) => ({ as: "an exception of the AWS SDK for Ruby", code, message }),
  ],
  [/\bAmazonS3Exception: ([^\n]{0,500})/, ([, message]) => ({ as: "an Amazon S3 exception", message })],
  [
    /\bAWSS3ErrorDomain Code=-?\d{1,5}\b[^\n{]{0,100}UserInfo=\{([^\n}]{1,4000})\}/,
    ([, info = ""]) => ({
      as: "the error of the AWS SDK for iOS",
      code: /(?:^|, )Code=(\w{1,80})/.exec(info)?.[1],
      message: /(?:^|, )Message=([^=]{1,500}?)(?:, \w{1,40}=|$)/.exec(info)?.[1],
      requestId: /(?:^|, )RequestId=(\w{1,80})/.exec(info)?.[1],
      hostId: /(?:^|, )HostId=([\w+/=]{1,200})/.exec(info)?.[1],
    }),
  ],
  [
    /Error making request with Error Code (\w{1,80}) and Http Status Code (\w{1,40})/,
    ([, code]) => ({ as: "an exception of the AWS SDK for .NET", code }),
  ],
  [
    /code: Some\("(\w{1,80})"\), message: Some\("([^"\n]{0,500})"\)/,
    ([, code, message]) => ({ as: "the error of the AWS SDK for Rust", code, message }),
  ],
  [
    /\bcode: "(\w{1,80})", message: "([^"\n]{0,500})"/,
    ([, code, message]) => ({ as: "the error of the AWS SDK for Rust", code, message }),
  ],
  [
    /\n[ \t]{1,12}at [^\n]{0,300}?(?:extractError|throwDefaultError|aws-sdk|smithy)/,
    (_, before) => ({ as: "the error of the AWS SDK for JavaScript", ...codeAndSentence(before) }),
  ],
]

/** Operations without a body in their answer: botocore gives the status for the code. */
const statusOnly = /^\d{3}(?: [A-Za-z ]{2,40})?$/

/** The code of a sentence that a server sends with one code. */
const codeOf = (message: string | undefined): string | undefined =>
  message === undefined ? undefined : sentenceIn(message)?.code

/** Reads the exception of an SDK by its form, with what the text around it says of the exchange. */
export const readForm = (text: string): Recognized | undefined => {
  for (const [pattern, keep] of shapes) {
    const found = pattern.exec(text)
    if (found !== null) return recognized(keep(found, text.slice(Math.max(0, found.index - 1000), found.index)), text)
  }
  return undefined
}

/** Reads the exception of an SDK, by its form or by a sentence that only S3 says. */
export const read = (text: string): Recognized | undefined => {
  const formed = readForm(text)
  if (formed !== undefined) return formed
  const sentence = sentenceIn(text)
  return sentence === undefined
    ? undefined
    : recognized({ as: `a sentence of S3, which comes with ${sentence.code}`, ...sentence, status: undefined }, text)
}

/** The elements of the document that a program logs on lines of their own: libs3 prints `Header: Transfer-Encoding`. */
const detailsIn = (text: string, code = ""): Readonly<Record<string, string>> => {
  const [, header] = /(?:^|[\s,{])Header: ([A-Za-z-]{3,60})[ \t]*(?:$|[\n,}])/m.exec(text) ?? []
  const printed = [...text.slice(0, 60_000).matchAll(elements)].flatMap(([, name = "", quoted, plain]) => {
    const value = quoted ?? plain?.trimEnd() ?? ""
    // An endpoint stands in settings, too; in the answer it is Amazon's, and that of a redirect.
    const isOfAnswer = name !== "Endpoint" || (code.endsWith("Redirect") && /\.amazonaws\.com(?:\.cn)?$/.test(value))
    return isOfAnswer && value !== "" ? [[name, value] as const] : []
  })
  // The AWS CLI puts it behind the sentence.
  const [, named] =
    /send all future requests to this endpoint: ([a-z0-9.-]{3,255}\.amazonaws\.com(?:\.cn)?)/.exec(text) ?? []
  return {
    ...(named === undefined ? {} : { Endpoint: named }),
    ...Object.fromEntries(printed),
    ...(header === undefined ? {} : { Header: header }),
  }
}

/** Elements of S3's document that SDKs print as members of their error, by names that nothing else has. */
const elements =
  /\b(Endpoint|AWSAccessKeyId|OSSAccessKeyId|RequestTime|ServerTime|HeadersNotSigned)['"]?(?:: |=)(?:['"]([^'"\n]{1,200})['"]|([^\s'",{}<>]{1,200})(?=[,}\s]|$))/g

/** What SDKs call an error that brought no code. */
const unknown = /^Unknown(?:Error)?$/

/** Whether a message is more than the name of an exception or of a status. */
const isSentence = (message: string | undefined): boolean => /[a-z] [a-z]{2,} [a-z]/i.test(message ?? "")

/** The other services of AWS call their errors so, and answer JSON: DynamoDB, KMS, Secrets Manager. */
const isOfOtherService = (code: string): boolean => /[a-z]Exception$/.test(code) && statusOf(code) === undefined

const ofOtherService = (code: string, kept: Kept, text: string): Recognized => {
  const status = Number(kept.status ?? Number.NaN) || Around.statusIn(text)
  return {
    exchange: {
      response: {
        ...(status === undefined ? assumed(400) : { status }),
        headers: {
          "content-type": "application/x-amz-json-1.0",
          ...(kept.requestId === undefined || kept.requestId === "" ? {} : { "x-amzn-requestid": kept.requestId }),
        },
        body: JSON.stringify({ __type: code, message: (kept.message ?? "").trim() }),
      },
    },
    as: kept.as,
  }
}

const recognized = (said: Kept, text: string): Recognized => {
  const isHead =
    said.code !== undefined && statusOnly.test(said.code) && !/[a-z] [a-z]+ [a-z]+ [a-z]/i.test(said.message ?? "")
  // A status in the place of a code is what is left of an answer without a body.
  const kept = isHead && said.operation === undefined ? { ...said, operation: "HeadObject" } : said
  const code = isHead ? undefined : (kept.code ?? codeOf(kept.message))
  if (code !== undefined && isOfOtherService(code)) return ofOtherService(code, kept, text)
  const known = code === undefined ? undefined : sentenceIn(kept.message ?? "")
  const stated = isHead ? Number(kept.code?.slice(0, 3)) : Number(kept.status ?? Number.NaN) || Around.statusIn(text)
  const request = requestOf(kept, text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(stated === undefined ? assumed(known?.status ?? statusOf(code ?? "")) : { status: stated }),
        headers: {
          // The answer to a HEAD has nothing but its status and its headers, and the exception keeps none of them.
          ...(isHead && /Bucket|Object|Part/.test(kept.operation ?? "") ? { "x-amz-request-id": "(not kept)" } : {}),
          ...Around.idsIn(text),
          ...(kept.requestId === undefined || kept.requestId === "" ? {} : { "x-amz-request-id": kept.requestId }),
          ...(kept.hostId === undefined || kept.hostId === "" ? {} : { "x-amz-id-2": kept.hostId }),
        },
        // The SDK for Java prints no code: its sentence says what happened all the same.
        ...(unknown.test(code ?? "") || (code === undefined && (isHead || !isSentence(kept.message)))
          ? {}
          : { body: documentOf(code ?? "", kept.message ?? "", detailsIn(text, code)) }),
      },
    },
    as: kept.as,
  }
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

/** The document that the SDK read the code and the sentence from. */
export const documentOf = (code: string, message: string, more: Readonly<Record<string, string>> = {}): string =>
  `<Error><Code>${escaped(code)}</Code><Message>${escaped(message.trim())}</Message>${Object.entries(more)
    .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
    .join("")}</Error>`
