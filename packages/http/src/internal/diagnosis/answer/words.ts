/**
 * Reads error documents: JSON from any vendor, problem details (RFC 9457), and XML that contains an error code.
 */

/** The codes and messages of an error document. A field is empty if the document lacks the corresponding part. */
export interface Words {
  /** The error codes, outermost first. Examples of error codes are `insufficient_quota`, `rateLimitExceeded` and `20429`. */
  readonly codes: ReadonlyArray<string>
  readonly message: string
  /** The message of a nested error, which contains details that the outer message ("validation failed") omits. */
  readonly more: string
  /** The document itself, if it is JSON. */
  readonly json: Json | undefined
  /** Whether the body is an API's error document. */
  readonly isWorded: boolean
}

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Returns a property of the document or of a nested object. */
export const member = ({ json }: Words, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), json)

const none: Words = { codes: [], message: "", more: "", json: undefined, isWorded: false }

/** Reads an error document. `type` is the error name from a response header (`x-amzn-errortype`). It never throws. */
export const read = (body: string, type?: string): Words => {
  const text = ofStream(body) ?? body
  const words = /^\s*(?:\{|\[\s*\{)/.test(text.slice(0, 1000)) ? ofJson(text) : ofXml(text)
  // AWS may append a namespace or a URL to the name.
  const name = type?.split(/[:,]/)[0]?.trim() ?? ""
  return /^\w{3,80}$/.test(name) ? { ...words, codes: distinct([name, ...words.codes]) } : words
}

/** The maximum number of characters that are read from the end of a stream. */
const longestEnd = 20_000

/**
 * Returns the error with which an event stream ended (HTML Standard, "Server-sent events"). After a status of 200, the APIs
 * of AI models report an error as an `error` event or as data with an `error` property.
 */
const ofStream = (body: string): string | undefined => {
  if (!/^\s*(?:event|data|id|retry)?:/.test(body.slice(0, 200))) return undefined
  const lines = body.slice(-longestEnd).split(/\r?\n/)
  const last = lines.findLastIndex((line) => /^data:[ \t]?\{/.test(line))
  const data = lines[last]?.slice("data:".length).trim()
  const isError =
    lines[last - 1]?.trim() === "event: error" || /^\{\s*"(?:error"\s*:\s*[{"]|type"\s*:\s*"error")/.test(data ?? "")
  return isError ? data : undefined
}

/** The names of properties that identify a document as an API error. */
const members = [
  "error", "message", "errors", "code", "title", "error_message", "errmsg", "error-codes", "detail", "Message", "msg",
  "errorMessage", "error_msg", "fault", "reason", "description", "messages", "faultstring", "exception",
] // prettier-ignore

const ofJson = (body: string): Words => {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return none
  }
  // Salesforce sends a list of errors.
  const first: unknown = Array.isArray(json) ? json[0] : json
  if (!isObject(first)) return none
  const document = inReddit(first) ?? first
  const parts = partsOf(document)
  const said = distinct([...parts.map(messageOf), ...listed(document["errors"])].filter((text) => text !== ""))
  return {
    codes: distinct(parts.flatMap(codesOf)).slice(0, mostCodes),
    message: said[0] ?? "",
    more: said[1] ?? "",
    json: document,
    isWorded: members.some((name) => Object.hasOwn(document, name)),
  }
}

/** Returns the strings in a list of errors, such as the reasons for "Validation Failed". */
const listed = (u: unknown): ReadonlyArray<string> =>
  (Array.isArray(u) ? u.slice(0, mostCodes) : []).filter((one): one is string => typeof one === "string")

/** Reads Reddit's format, in which each error is a list of a code, a message and a field. */
const inReddit = ({ json }: Json): Json | undefined => {
  const errors = isObject(json) ? json["errors"] : undefined
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const [error, message]: ReadonlyArray<unknown> = Array.isArray(first) ? first : []
  return typeof error === "string" && typeof message === "string" ? { error, message } : undefined
}

/**
 * The maximum number of codes or messages that are read. The maximum number of codes or messages that are read. No known
 * vendor sends more codes or messages.
 */
const mostCodes = 20

/** Returns the objects that may describe the error: the document, its errors, nested errors, and their details. */
const partsOf = (json: Json): ReadonlyArray<Json> => {
  const inner = ["error", "fault", "errors", "Fault", "Errors", "errorChain"].flatMap((name) => listOf(json[name]))
  return [json, ...inner.flatMap((one) => [one, ...deeper.flatMap((name) => listOf(one[name]))])]
}

/** The names of properties in which vendors send details. */
const deeper = [
  "root_cause",
  "errors",
  "details",
  "extensions",
  "innererror",
  "innerError",
  "detail",
  "error",
  "Error",
  "error_chain",
  "errorChain",
]

/** Returns the first objects in a list, or a list that contains the single object. */
const listOf = (u: unknown): ReadonlyArray<Json> => (Array.isArray(u) ? u.slice(0, mostCodes) : [u]).filter(isObject)

const codesOf = (part: Json): ReadonlyArray<string> =>
  [
    "code",
    "error_code",
    "errorCode",
    "errorcode",
    "errcode",
    "error-codes",
    "__type",
    "error",
    "reason",
    "status",
    "type",
    "name",
    "reason_code",
    "code_name",
    "serviceErrorCode",
    "Code",
    "Detail",
  ].flatMap((name) => {
    const one = part[name]
    const value: unknown = name === "error-codes" && Array.isArray(one) ? one[0] : one
    if (typeof value === "number") return name === "status" ? [] : [String(value)]
    return typeof value === "string" && /^[\w.:#/-]{2,120}$/.test(value) ? [value.replace(/^.*#/, "")] : []
  })

const messageOf = (part: Json): string =>
  firstText([...messages.map((name) => part[name]), /\s/.test(String(part["reason"])) ? part["reason"] : undefined])

/** The names of properties that contain a message, in order of preference. Elasticsearch sends the message as `reason`. */
const messages = [
  "developer_message", "message", "error_description", "detail", "title", "errorMessage", "error_message", "error_msg", "errmsg", "error_summary",
  "errors", "error", "Message", "Detail", "Title", "msg", "description", "faultstring", "developerMessage", "userMessage", "errorSummary",
] // prettier-ignore

/** The first message. Validation frameworks send a list of messages. */
const firstText = (all: ReadonlyArray<unknown>): string => {
  for (const given of all) {
    const one: unknown = Array.isArray(given) ? given[0] : given
    if (typeof one === "string" && one.trim() !== "") return one
  }
  return ""
}

const ofXml = (body: string): Words => {
  const start = body.slice(0, longestStart)
  if (!/^\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?Error\b/i.test(start)) return none
  const element = (name: string) => new RegExp(`<${name}>([^<]{1,500})<`, "i").exec(start)?.[1]?.trim() ?? ""
  const code = element("Code")
  return { codes: code === "" ? [] : [code], message: element("Message"), more: "", json: undefined, isWorded: true }
}

/** The maximum number of characters that are read. An error document contains its code and message near the start. */
const longestStart = 4000

const distinct = (all: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(all)]

/** The names of properties that may accompany an error in a document that does not contain a result. */
const besides =
  /^(?:ok|success|error|errors|error_description|error_uri|error_code|code|message|messages|detail|details|title|type|status|object|needed|provided|response_metadata|extensions|data|result|request_?id|trace_?id|retry_?after|warning|body)$/i

/**
 * Whether a 2xx response reports a failure. Examples are `"ok": false` (Slack), `"success": false` with errors (Cloudflare),
 * and an error without a result (GraphQL, GitHub's OAuth). A resource that has an `error` property is not treated as a
 * failure.
 */
export const saysFailure = ({ json }: Words): boolean => {
  if (json === undefined) return false
  if (json["ok"] === false && isSaid(json["error"])) return true
  // TikTok marks a success with the error "ok".
  if (isObject(json["error"]) && json["error"]["code"] === "ok") return false
  if (json["success"] === false && ["errors", "error", "error-codes", "message"].some((name) => isSaid(json[name])))
    return true
  // Google Maps sends a status in words and a message, WeChat a number that is 0 for a success.
  if (isSaid(json["error_message"]) && /^[A-Z_]{4,40}$/.test(String(json["status"])) && json["status"] !== "OK")
    return true
  if (typeof json["errcode"] === "number" && json["errcode"] !== 0 && isSaid(json["errmsg"])) return true
  return (
    (isSaid(json["error"]) || isSaid(json["errors"])) &&
    Object.entries(json).every(([name, value]) => besides.test(name) && (!isResult(name) || !isFilled(value)))
  )
}

const isResult = (name: string): boolean => name === "data" || name === "result" || name === "body"

/** If a GraphQL query finds nothing, the server sends `{ "repository": null }` together with an error. */
const isFilled = (u: unknown): boolean =>
  isSaid(u) && !(isObject(u) && Object.values(u).every((value) => value === null))

const isSaid = (u: unknown): boolean =>
  Array.isArray(u) ? u.length > 0 : isObject(u) ? Object.keys(u).length > 0 : typeof u === "string" && u !== ""
