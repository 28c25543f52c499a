/**
 * Reads parts of the exchange from the lines around an error: the method, URL, status and request IDs.
 */
import type { Request } from "@holdfast/diagnosis/Exchange"

const methods = "GET|HEAD|PUT|POST|DELETE|PATCH|OPTIONS"

/**
 * Matches a method that precedes an address, as in `PUT https://…`, `POST /v2/devices/assets` and `"method":"put","url":"…"`.
 */
const requestLine = new RegExp(`\\b(${methods})\\b["'\`: ,]{1,4}((?:https?:/)?/[^\\s"'\`<>]{1,8000})`)

/** Matches the method in a client's printed settings: `method: 'put'`. */
const member = /\bmethod["']?: ?["'](get|head|put|post|delete|patch)["']/i

/** Matches links to documentation in error messages. A documentation link is not the address of the failed request. */
const documentation =
  /^https?:\/\/(?:docs\.|[\w-]+\.api-docs\.io|[\w.-]*curl\.(?:haxx\.)?se|developer\.|aka\.ms|login\.microsoftonline\.com\/error|github\.com|stackoverflow\.com|next-auth\.js\.org|errors\.authjs\.dev|go\.microsoft\.com|(?:www\.)?terraform\.io\/docs|duckdb\.org|[\w.-]*readthedocs\.io|repost\.aws|kubernetes\.io|nodejs\.org|undici\.nodejs\.org|cloud\.google\.com\/(?:docs|iam|[a-z-]{2,30}\/docs)|stripe\.com\/docs|help\.|support\.|www\.(?:alibabacloud|backblaze)\.com\/(?:help|docs)|docs\.aws|www\.w3\.org|s3\.amazonaws\.com\/doc)/

const addresses = /https?:\/\/[^\s"'`<>\\]{1,8000}/g

/**
 * Returns an address without its trailing punctuation. The query of a truncated address (`…`) is removed, because the query
 * may be incomplete.
 */
export const trimmed = (address: string): string =>
  /(?:\.{3}|\u2026)\W{0,4}$/.test(address)
    ? address.replace(/(?:\?.*|\.{3}.*|\u2026.*)$/s, "")
    : address.replace(/;[^=&;]{0,200}$/, "").replace(/[.,;:!)\]}]{1,8}$/, "")

/** Returns the request, as far as the text describes it. */
export const requestIn = (text: string): Request | undefined => {
  const [, written, target = ""] = requestLine.exec(text) ?? []
  const method = written ?? member.exec(text)?.[1]?.toUpperCase()
  const url = target.startsWith("http")
    ? target
    : text.match(addresses)?.find((address) => !documentation.test(address))
  if (method === undefined && url === undefined) return undefined
  return whole(text, method, url)
}

/**
 * Returns the request. If the text contains both a truncated address and the complete address, the complete address is used.
 */
const whole = (text: string, method: string | undefined, url: string | undefined): Request => {
  const longer =
    url === undefined ? undefined : text.match(addresses)?.find((one) => one.length > url.length && one.startsWith(url))
  return named(method, longer ?? url)
}

const named = (method: string | undefined, url: string | undefined): Request => {
  return {
    ...(method === undefined ? {} : { method }),
    ...(url === undefined ? {} : { url: trimmed(url) }),
  }
}

/** Patterns for the forms in which programs print a status. */
const statuses: ReadonlyArray<RegExp> = [
  /\bHTTP(?:\/\d(?:\.\d)?)?[ :=]{1,3}(?:status[ :=]{0,3})?([1-5]\d\d)\b/i,
  /\bHTTP[ _]?(?:response|status)[ _-]?(?:code)?[ \t]{0,3}[:=]?[ \t]{0,3}([1-5]\d\d)\b/i,
  /(?:\b|http_?|response_?)status(?:[ _-]?code)?["']?(?: is| of)?[ \t]{0,3}[:=([]?[ \t]{0,3}["']?([1-5]\d\d)\b/i,
  /\b(?:failed with|returned error:|error|response|got|->|=>|code)[ \t:(=]{1,3}([45]\d\d)\b/i,
  /\b([45]\d\d)[ \t]{1,3}(?:- )?(?:Client Error|Server Error|Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Length Required|Precondition Failed|Payload Too Large|Request Entity Too Large|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|Gateway Time-?out)\b/i,
  /\b([45]\d\d) (?:GET|HEAD|PUT|POST|PATCH|DELETE) https?:\/\//,
  /\[([45]\d\d): (?:GET|HEAD|PUT|POST|PATCH|DELETE)\]/,
  /^\s{0,20}([45]\d\d)[ \t]{0,8}\r?\n/,
  /\((4\d\d|5\d\d)\)/,
  // The output of `curl -w`.
  /\b(?:http|response)_code[=:"' ]{1,4}([1-5]\d\d)\b/,
]

/** Returns the status that the text states. */
export const statusIn = (text: string): number | undefined => {
  for (const pattern of statuses) {
    const [, status] = pattern.exec(text) ?? []
    if (status !== undefined) return Number(status)
  }
  return undefined
}

/** Returns the name of the operation, which an SDK prints before the response. */
export const operationIn = (text: string): string | undefined => {
  const [, php, botocore, go] =
    /\bError executing "(\w{3,60})" on\b|\bwhen calling the (\w{3,60}) operation\b|\boperation error S3: (\w{3,60})\b/.exec(
      text,
    ) ?? []
  return php ?? botocore ?? go
}

/** Finds the request ID and the host ID in the form in which SDKs print them. */
export const idsIn = (text: string): Readonly<Record<string, string>> => {
  const [, requestId] = /\brequest[_ -]?id["']?[ \t]{0,3}[:=][ \t]{0,3}["']?([\w.:-]{4,80})/i.exec(text) ?? []
  const [, hostId] =
    /\b(?:extended[_ -]?request|host)[_ -]?id["']?[ \t]{0,3}[:=][ \t]{0,3}["']?([\w+/=.:-]{4,160})/i.exec(text) ?? []
  return {
    ...(requestId === undefined ? {} : { "x-amz-request-id": requestId }),
    ...(hostId === undefined ? {} : { "x-amz-id-2": hostId }),
  }
}

/**
 * Returns the time of the exchange, in ISO 8601 format with a time zone. Local times in logs are ignored, because they cannot
 * be compared with a server's clock.
 */
export const timeIn = (text: string): string | undefined =>
  /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/.exec(text)?.[0]
