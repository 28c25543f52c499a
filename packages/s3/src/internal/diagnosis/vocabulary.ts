/**
 * What an exchange with S3 may show, and what of its credentials may be seen in part.
 *
 * The list names what is harmless. A field, header or element that S3 or a server like it invents tomorrow is hidden.
 */
import { isFile, type Exchange } from "@holdfast/diagnosis/Exchange"
import type { Hide, Mask, Vocabulary } from "@holdfast/diagnosis/Redaction"
import * as PolicyJson from "../form/policyJson.ts"
import { listed, signed } from "./signedText.ts"

/** Field, header and parameter names that hold no secret, whatever their place. */
const plain = [
  "acl",
  "bucket",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-length",
  "content-type",
  "expires",
  "filename",
  "key",
  "name",
  "submit",
  "success_action_redirect",
  "success_action_status",
  "x-amz-acl",
  "x-amz-algorithm",
  "x-amz-checksum-algorithm",
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
  "x-amz-checksum-type",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-sdk-checksum-algorithm",
  "x-amz-server-side-encryption",
  "x-amz-storage-class",
]

const headers = [
  ...plain,
  "connection",
  "content-md5",
  "date",
  "expect",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "retry-after",
  "server",
  "transfer-encoding",
  "x-amz-bucket-region",
  "x-amz-copy-source",
  "x-amz-decoded-content-length",
  "x-amz-id-2",
  "x-amz-mp-parts-count",
  "x-amz-request-id",
  "x-amz-retry-after",
  "x-amz-trailer",
]

const query = [...plain, "delete", "list-type", "partnumber", "prefix", "uploadid", "uploads", "versionid", "x-id"]

const elements = [
  "ActualObjectSize", "ArgumentName", "Bucket", "BucketName", "CalculatedDigest", "ClientComputedContentSHA256", "Code",
  "ComputedDigest", "Condition", "Content-MD5", "Details", "ETag", "Endpoint", "ExpectedDigest", "Expires", "Header",
  "HeadersNotSigned", "HostId", "Key", "Location", "MaxAllowedSkewMilliseconds", "MaxPostPreDataLengthBytes",
  "MaxSizeAllowed", "Message", "Method", "MinSizeAllowed", "MissingHeaderName", "ParameterName", "PartNumber",
  "PartNumberMarker", "PartNumberRequested", "ProposedSize", "RangeRequested", "Region", "RequestId", "RequestTime",
  "Resource", "ResourceType", "S3ComputedContentSHA256", "ServerTime", "Size", "StorageClass", "StorageClassRequested",
  "TagKey", "UploadId", "X-Amz-Date", "X-Amz-Expires",
].map((name) => name.toLowerCase()) // prettier-ignore

/**
 * Kinds of key ids that their first letters tell (IAM, "Unique identifiers"): temporary, long-lived, role, user; and those
 * of others who speak like S3, Alibaba's sessions (`STS.`) and users (`LTAI`) and Google's HMAC keys.
 */
const kinds = /^(?:ASIA|AKIA|AROA|AIDA|STS\.|LTAI|GOOG)(?=.)/

/** A key id keeps the letters that tell its kind. */
const keyId: Mask = (value, hide) => {
  const kind = kinds.exec(value)?.[0] ?? ""
  return kind + hide(value.slice(kind.length))
}

/** A credential keeps its scope: date, region, service. Anything else in its place is hidden. */
const credential: Mask = (value, hide, exchange) => {
  const [id = "", ...scope] = value.split(/(\/|%2F|%252F)/i)
  if (
    id.includes("%") ||
    scope.length > 20 ||
    !scope.every((part) => separator.test(part) || /^[\w-]{0,40}$|^\[/.test(part))
  ) {
    // A server may quote the key alone.
    const [, key] = /^(.{8,}?)(?:\/|%2F)\d{8}(?:\/|%2F)/is.exec(value) ?? []
    if (key !== undefined) hide(key)
    return hide(value)
  }
  return [keyId(id, hide, exchange), ...scope.map((part) => (step.test(part) ? part : hide(part)))].join("")
}

const separator = /^(?:\/|%2F|%252F)$/i

/** Dates, regions, services and the word at the end, well written or not; longer words may be keys. */
const step =
  /^(?:\/|%2F|%252F|[\dTZ-]{0,20}|[a-z]{1,12}\d{0,2}(?:[-_](?:[a-z]{1,12}\d{0,2}|\d{1,2})){0,4}|aliyun_v4_request)$/i

/** Schemes; another first word may be a token that somebody sent without one. */
const schemes = /^(?:AWS|AWS4-(?:HMAC|ECDSA)(?:-[A-Z\d]{2,8}){1,4}|Basic|Bearer|Digest|Negotiate|NTLM|OAuth|Token)$/i

/** An authorization header keeps its scheme; that of AWS also the scope of the credential and the names of its headers. */
const authorization: Mask = (value, hide, exchange) => {
  const [, scheme = "", rest = ""] = /^([\w-]+)\s+(.+)$/s.exec(value) ?? []
  if (!schemes.test(scheme)) return hide(value)
  if (scheme === "AWS") {
    // A mark has colons of its own.
    const [, id = "", signature] = /^([^:[]*(?:\[hidden-[\d:a-z]+\])?[^:]*)(?::(.*))?$/s.exec(rest) ?? []
    return `${scheme} ${keyId(id, hide, exchange)}${signature === undefined ? "" : `:${hide(signature)}`}`
  }
  const parts = rest.split(/,\s*/).map((part) => /^(Credential|SignedHeaders|Signature)=(.*)$/s.exec(part))
  if (!scheme.startsWith("AWS4-") || parts.includes(null)) return `${scheme} ${hide(rest)}`
  const shown = parts.map((part) => {
    const [, name = "", text = ""] = part ?? []
    if (name === "Credential") return `${name}=${credential(text, hide, exchange)}`
    return `${name}=${name === "SignedHeaders" ? listed(text, hide) : hide(text)}`
  })
  return `${scheme} ${shown.join(", ")}`
}

/**
 * A policy keeps its structure, its expiration and the conditions on harmless fields. Its text is base64 of JSON before
 * and after; what is no JSON becomes base64 of a mark, and what is no base64 a mark. Blanks around it, which S3 does not
 * take, stay.
 */
const policy: Mask = (value, hide, exchange) => {
  const base64 = value.slice(/^[ \t]*/.exec(value)?.[0].length).replace(/(?<![ \t])[ \t]+$/, "")
  const before = value.slice(0, value.indexOf(base64))
  const after = value.slice(before.length + base64.length)
  const text = fromBase64(base64)
  if (text === undefined) return hide(value)
  let clean: string
  try {
    clean = JSON.stringify(redactPolicy(PolicyJson.parse(text), hide, exchange))
  } catch {
    clean = hide(text)
  }
  return before + toBase64(clean) + after
}

const redactPolicy = (json: unknown, hide: Hide, exchange: Exchange): unknown => {
  if (!isObject(json)) return redactUnknown(json, hide, exchange)
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name.toLowerCase() === "expiration") return [name, dateOr(value, hide)]
      if (name.toLowerCase() !== "conditions" || !Array.isArray(value))
        return [nameOr(name, hide, exchange), redactUnknown(value, hide, exchange)]
      return [name, value.map((condition: unknown) => redactCondition(condition, hide, exchange))]
    }),
  )
}

const redactCondition = (condition: unknown, hide: Hide, exchange: Exchange): unknown => {
  if (isObject(condition)) {
    return Object.fromEntries(
      Object.entries(condition).map(([field, value]) => [
        nameOr(field, hide, exchange),
        redactOperand(field, value, "eq", hide, exchange),
      ]),
    )
  }
  if (!Array.isArray(condition)) return redactUnknown(condition, hide, exchange)
  const [operator, field, operand, ...more] = condition as ReadonlyArray<unknown>
  if (typeof operator !== "string" || !/^[a-z]{2,8}(?:-[a-z]{2,8}){0,2}$/i.test(operator))
    return redactUnknown(condition, hide, exchange)
  // The operands of a range are two sizes, as numbers or as words.
  if (typeof field !== "string" || isSize(field)) {
    return condition.map((one, index) =>
      index === 0 || isSize(one) ? (one as unknown) : redactUnknown(one, hide, exchange),
    )
  }
  return [
    operator,
    nameOr(field, hide, exchange),
    redactOperand(field.replace(/^\$/, ""), operand, operator, hide, exchange),
    ...more.map((one) => redactUnknown(one, hide, exchange)),
  ].slice(0, condition.length)
}

const isSize = (operand: unknown): boolean => typeof operand === "string" && /^[+-]?[\d.]{0,20}$/.test(operand)

const redactOperand = (field: string, operand: unknown, operator: string, hide: Hide, exchange: Exchange): unknown => {
  if (typeof operand !== "string") return redactUnknown(operand, hide, exchange)
  const name = field.toLowerCase()
  const mask = name !== "policy" && Object.hasOwn(masks, name) ? masks[name] : undefined
  if (mask !== undefined) return mask(operand, hide, exchange)
  if (visible.has(name)) return hide.visible(name, operand)
  return operator.toLowerCase() === "starts-with"
    ? hide.beginning(operand, valueIn(exchange, name))
    : hide.named(name, operand)
}

const valueIn = ({ request }: Exchange, field: string): string | undefined => {
  for (const part of request?.form ?? []) if (!isFile(part) && part.name.toLowerCase() === field) return part.value
  return undefined
}

const redactUnknown = (json: unknown, hide: Hide, exchange: Exchange): unknown => {
  if (Array.isArray(json)) return json.map((item) => redactUnknown(item, hide, exchange))
  if (isObject(json)) {
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => [nameOr(name, hide, exchange), redactUnknown(value, hide, exchange)]),
    )
  }
  return typeof json === "string" ? hide(json) : json
}

/**
 * The name of a field is shown where it is one: of a shape that S3's names have, or that of a field of the form. A token in
 * the place of a name is hidden; its `$` stays.
 */
const nameOr = (name: string, hide: Hide, { request }: Exchange): string => {
  const [, dollar = "", bare = ""] = /^(\$*)(.*)$/s.exec(name) ?? []
  const known = bare.toLowerCase()
  const isName =
    /^(?:x-)?[a-z]{1,20}(?:[-_ ](?:[a-z]{1,20}\d{0,4}|\d{1,4})){0,6}$/i.test(bare) ||
    visible.has(known) ||
    Object.hasOwn(masks, known) ||
    request?.form?.some((part) => part.name.toLowerCase() === known) === true
  return isName ? hide.visible("", name) : dollar + hide(bare)
}

const dateOr = (value: unknown, hide: Hide): unknown =>
  typeof value === "string" && !/^[\dTZ:. +-]{0,40}$/i.test(value) ? hide(value) : value

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)

/** What was signed: the policy of a form, or the lines of a request. */
const signedText: Mask = (value, hide, exchange) =>
  value.includes("\n") || value.startsWith("AWS4-")
    ? signed(value, hide, {
        header: (name) => visibleHeaders.has(name),
        parameter: (name) => visibleQuery.has(name),
        credential: (text) => credential(text, hide, exchange),
      })
    : policy(value, hide, exchange)

/** The value of an argument is shown where it is a number: that of a header may be a credential. */
const argument: Mask = (value, hide) => (/^[+-]?\d{1,12}$/.test(value) ? value : hide(value))

/** The octets of a text that stands beside them: what is a secret in it is known from there. */
const octets: Mask = (value, hide) => hide.once(value)

const masks: Readonly<Record<string, Mask>> = {
  argumentvalue: argument,
  authorization,
  awsaccesskeyid: keyId,
  canonicalrequest: signedText,
  canonicalrequestbytes: octets,
  ossaccesskeyid: keyId,
  policy,
  stringtosign: signedText,
  stringtosignbytes: octets,
  "x-amz-signedheaders": listed,
  "x-amz-credential": credential,
}

const visible: ReadonlySet<string> = new Set(plain)
const visibleHeaders: ReadonlySet<string> = new Set(headers)
const visibleQuery: ReadonlySet<string> = new Set(query)

/** The vocabulary of S3. */
export const vocabulary: Vocabulary = {
  headers: visibleHeaders,
  query: visibleQuery,
  fields: visible,
  elements: new Set(elements),
  masks,
}

/** As strict as S3, which skips the ends of lines and nothing else. */
const fromBase64 = (text: string): string | undefined => {
  if (!/^[A-Za-z0-9+/=\r\n]*$/.test(text)) return undefined
  try {
    const binary = atob(text)
    const octets = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) octets[at] = binary.charCodeAt(at)
    return new TextDecoder("utf-8", { fatal: true }).decode(octets)
  } catch {
    return undefined
  }
}

const toBase64 = (text: string): string => {
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return btoa(binary)
}
