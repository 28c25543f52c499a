/**
 * The words in which an API says what went wrong, in whatever form it gives them: JSON of any vendor, problem details
 * (RFC 9457), XML with a code.
 */

/** The words of an answer. Nothing is empty but what the answer does not say. */
export interface Words {
  /** The codes that the answer names, the outermost first: `insufficient_quota`, `rateLimitExceeded`, `20429`. */
  readonly codes: ReadonlyArray<string>
  readonly message: string
  /** What an inner error adds to the message: the one field that a "validation failed" means. */
  readonly more: string
  /** The document itself, where it is JSON. */
  readonly json: Json | undefined
  /** Whether the answer has the form in which an API words an error. */
  readonly isWorded: boolean
}

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>

/** Whether a value is an object of JSON. */
export const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** A member of the document, or of an object in it. */
export const member = ({ json }: Words, ...path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), json)

const none: Words = { codes: [], message: "", more: "", json: undefined, isWorded: false }

/** Reads the words. `type` is what the service says of the error in a header (`x-amzn-errortype`). Total. */
export const read = (body: string, type?: string): Words => {
  const words = /^\s*(?:\{|\[\s*\{)/.test(body.slice(0, 1000)) ? ofJson(body) : ofXml(body)
  // AWS may add a namespace or an address behind the name.
  const name = type?.split(/[:,]/)[0]?.trim() ?? ""
  return /^\w{3,80}$/.test(name) ? { ...words, codes: distinct([name, ...words.codes]) } : words
}

/** Members by which the error of an API is known. */
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
  // Salesforce answers with a list of its errors.
  const first: unknown = Array.isArray(json) ? json[0] : json
  if (!isObject(first)) return none
  const document = inReddit(first) ?? first
  const parts = partsOf(document)
  const said = distinct(parts.map(messageOf).filter((text) => text !== ""))
  return {
    codes: distinct(parts.flatMap(codesOf)).slice(0, mostCodes),
    message: said[0] ?? "",
    more: said[1] ?? "",
    json: document,
    isWorded: members.some((name) => Object.hasOwn(document, name)),
  }
}

/** Reddit's own form: a list of a code, a sentence and a field. */
const inReddit = ({ json }: Json): Json | undefined => {
  const errors = isObject(json) ? json["errors"] : undefined
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const [error, message]: ReadonlyArray<unknown> = Array.isArray(first) ? first : []
  return typeof error === "string" && typeof message === "string" ? { error, message } : undefined
}

/** No vendor names more. */
const mostCodes = 20

/** The document, its error, the errors in it and their details, as far as they are objects. */
const partsOf = (json: Json): ReadonlyArray<Json> => {
  const inner = ["error", "fault", "errors", "Fault", "Errors", "errorChain"].flatMap((name) => listOf(json[name]))
  return [json, ...inner.flatMap((one) => [one, ...deeper.flatMap((name) => listOf(one[name]))])]
}

/** Where vendors put what they say in detail. */
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

/** The first objects of a list, or the one object. */
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

/** Members that hold a sentence, the best first. Elasticsearch gives it as `reason`. */
const messages = [
  "developer_message", "message", "error_description", "detail", "title", "errorMessage", "error_message", "error_msg", "errmsg", "error_summary",
  "errors", "error", "Message", "Detail", "Title", "msg", "description", "faultstring", "developerMessage", "userMessage", "errorSummary",
] // prettier-ignore

/** The first sentence; frameworks that check a form give a list of them. */
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

/** An error's document begins with its code and its message. */
const longestStart = 4000

const distinct = (all: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(all)]

/** Members that stand beside the error in an answer that has nothing else to tell. */
const besides =
  /^(?:ok|success|error|errors|error_description|error_uri|error_code|code|message|messages|detail|details|title|type|status|object|needed|provided|response_metadata|extensions|data|result|request_?id|trace_?id|retry_?after|warning|body)$/i

/**
 * Whether an answer with the status of a success says that it failed: `"ok": false` (Slack), `"success": false` with errors
 * (Cloudflare), or an error with nothing beside it (GraphQL, OAuth of GitHub). A resource that has a member `error` is none.
 */
export const saysFailure = ({ json }: Words): boolean => {
  if (json === undefined) return false
  if (json["ok"] === false && isSaid(json["error"])) return true
  // TikTok says of a success that its error is "ok".
  if (isObject(json["error"]) && json["error"]["code"] === "ok") return false
  if (json["success"] === false && ["errors", "error", "error-codes", "message"].some((name) => isSaid(json[name])))
    return true
  // Google Maps: a status in words, and a sentence. WeChat: a number that is 0 for a success.
  if (isSaid(json["error_message"]) && /^[A-Z_]{4,40}$/.test(String(json["status"])) && json["status"] !== "OK")
    return true
  if (typeof json["errcode"] === "number" && json["errcode"] !== 0 && isSaid(json["errmsg"])) return true
  return (
    (isSaid(json["error"]) || isSaid(json["errors"])) &&
    Object.entries(json).every(([name, value]) => besides.test(name) && (!isResult(name) || !isFilled(value)))
  )
}

const isResult = (name: string): boolean => name === "data" || name === "result" || name === "body"

/** GraphQL gives `{ "repository": null }` beside an error: nothing was found. */
const isFilled = (u: unknown): boolean =>
  isSaid(u) && !(isObject(u) && Object.values(u).every((value) => value === null))

const isSaid = (u: unknown): boolean =>
  Array.isArray(u) ? u.length > 0 : isObject(u) ? Object.keys(u).length > 0 : typeof u === "string" && u !== ""
