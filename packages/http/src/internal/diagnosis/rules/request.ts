/**
 * Rules for defects in a request's fields, body, URL or Host that are evident from the response or the exchange itself.
 */
import { type Confidence, found } from "@holdfast/diagnosis/Diagnosis"
import type { Field } from "../answer/fields.ts"
import { isObject } from "../answer/words.ts"
import { type HttpFacts, quote } from "../facts.ts"
import { answered, failed, hostOf, said, spoken, starting, topic } from "../rule.ts"

const rule = topic("request")

/**
 * Whether another rule explains the response better than a rejected field does. Examples of such rules are those for OAuth
 * and for storage services.
 */
const isTaken = ({ answerHeader, isForToken, limit, page, refusal }: HttpFacts): boolean =>
  isForToken ||
  limit !== undefined ||
  page !== undefined ||
  refusal !== undefined ||
  answerHeader("x-amz-request-id") !== undefined

const nameOf = (facts: HttpFacts): string => starting(facts.vendor?.name ?? hostOf(facts))

const inWords = ({ name, place, says }: Field): string =>
  `${place === undefined ? "" : `${place} `}"${name}"${says === "" ? "" : ` (${quote(says, 120).replaceAll('"', "'")})`}`

/** Returns the names of the fields in the request, grouped by location. */
const sentOf = ({
  exchange: { request },
  url,
}: HttpFacts): Readonly<Record<"body" | "query", ReadonlyArray<string>>> => ({
  query: [...(url?.searchParams.keys() ?? [])],
  body: [...(request?.form ?? []).map(({ name }) => name), ...membersOf(request?.body)],
})

const membersOf = (body: string | undefined): ReadonlyArray<string> => {
  if (body === undefined || body.length > 65_536) return []
  if (!/^\s*\{/.test(body)) return /^[\w.~%+[\]-]+=/.test(body) ? [...new URLSearchParams(body).keys()] : []
  try {
    const json: unknown = JSON.parse(body)
    return isObject(json) ? Object.keys(json) : []
  } catch {
    return []
  }
}

/** Describes where the request contains a field that the server reports as missing. */
const whereSent = (facts: HttpFacts, { name, place }: Field): string => {
  const sent = sentOf(facts)
  const isMissed = facts.fields.some(
    (one) => one.name === name && /required|missing|empty|blank|null|undefined/i.test(one.says),
  )
  if (!isMissed) return ""
  if (place === "query" && sent.body.includes(name))
    return ` The request contains "${name}" in its body, but the server expects it in the query string.`
  if (place !== "query" && sent.query.includes(name) && !sent.body.includes(name))
    return ` The request contains "${name}" in its query string, but the server expects it in the body.`
  const other = sent.body.find((one) => one !== name && one.toLowerCase() === name.toLowerCase())
  if (other !== undefined) return ` The request contains "${other}" instead: field names are case-sensitive.`
  const type = facts.header("content-type") ?? ""
  return facts.method !== "GET" && facts.hasRequest && sent.body.includes(name) && type !== "" && !/json/i.test(type)
    ? ` The body contains the field as ${type.split(";")[0]}, but the server may expect another format, such as JSON.`
    : ""
}

const validation = rule({
  code: "HF-HTTP-API-015",
  title: "The request fails the server's validation: the response identifies the field",
  explanation:
    "The server read the request and checked it field by field. The field that the response names is missing, has " +
    "the wrong type or format, or is not allowed in that part of the request. If the request does contain the " +
    "field reported as missing, it may be in the body instead of the query string, or its name may differ in " +
    "spelling or letter case. The Content-Type may also differ from the actual format of the body.",
  fix: [
    {
      text: "correct the field that the response identifies, in the part of the request where the server expects it",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [
    "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.21",
    "https://fastapi.tiangolo.com/tutorial/handling-errors/",
  ],
  find: (facts) => {
    const { fields, saysFailure, status } = facts
    if (fields.length === 0 || isTaken(facts) || !(saysFailure || [400, 409, 412, 422].includes(status)))
      return undefined
    const [first] = fields
    return found({
      confidence: "likely",
      detail:
        `${nameOf(facts)} refuses ${fields.slice(0, 4).map(inWords).join(", ")}${fields.length > 4 ? " and more" : ""}.` +
        (first === undefined ? "" : whereSent(facts, first)),
      evidence: [...answered(facts), { at: "response.body", name: "body", observed: quote(facts.body, 200) }],
    })
  },
})

/** Messages from servers that cannot parse the body, each with the defect that it reports. */
const unreadables: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /(?:request )?body (?:is|was) (?:required|empty|missing|null)|(?:required|missing|no|empty) request body|request body is missing|non-empty request body|body (?:can ?not|can't|must not|may not|should not) be (?:empty|null)|empty (?:json )?body|missing (?:request )?body/i,
    "it received an empty body or no body at all",
  ],
  [
    /(?:no|missing|without|invalid|get the) (?:initial )?(?:multipart )?boundary|boundary (?:not found|parameter)|unexpected end of (?:form|multipart)|(?:not|isn't|no) a? ?multipart|multipart: nextpart|malformed (?:multipart|part header)/i,
    "the form (multipart/form-data) is malformed: its Content-Type lacks the boundary, which the client normally " +
      "sets, or the body ends too early",
  ],
  [
    /unexpected (?:token|character|end) [^\n]{0,60}(?:json|position \d)|unexpected end of json|json (?:parse|decode|syntax|parsing) error|json_invalid|(?:invalid|malformed|bad|unparseable) json|not (?:a )?valid json|problems parsing json|expecting property name enclosed|could not be converted to [\w.<>[\]]{1,100}|(?:could not|cannot|can't|failed to|unable to|error) (?:be )?(?:read|pars\w{1,5}|decod\w{1,4}|deserializ\w{1,4}|unmarshal)[\w ]{0,24} (?:json|body)|invalid character '.{1,4}' (?:looking for|after|in )|jsonexception|json: cannot unmarshal|expected json|body is not json/i,
    "it cannot parse the body as JSON",
  ],
]

const unreadable = rule({
  code: "HF-HTTP-API-016",
  title: "The server cannot parse the request body in the format that it expects",
  explanation:
    "The body may be empty or contain invalid JSON: single quotes, an extra comma, an object converted to the text " +
    "[object Object], or a string that was encoded twice. The Content-Type may also differ from the actual format " +
    "of the body. Common causes are a shell that removes the quotes and a client that sends a form instead of an " +
    "object. A redirect can also drop the body.",
  fix: [
    {
      text: "inspect the bytes that are sent (curl -v, --trace-ascii) and their Content-Type",
      safety: "check first",
    },
    {
      text: "let the client set the Content-Type of a multipart form, including its boundary",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc9110#section-8.3", "https://www.rfc-editor.org/rfc/rfc8259"],
  find: (facts) => {
    if (![400, 415, 422, 500].includes(facts.status) || isTaken(facts)) return undefined
    const text = facts.words.message === "" ? quote(facts.body, 600) : `${facts.words.message} ${facts.words.more}`
    const row = unreadables.find(([pattern]) => pattern.test(text))
    // With a 5xx status, it may be another response that the server could not parse.
    if (row === undefined || (facts.status === 500 && facts.method === "GET")) return undefined
    return found({
      confidence: facts.status === 500 ? "possible" : "likely",
      detail: `${nameOf(facts)} reports that ${row[1]}.${formOf(facts)}${spoken(facts)}`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

/** Describes the actual format of a body whose Content-Type specifies a different format. */
const formOf = ({ exchange: { request }, header }: HttpFacts): string => {
  const type = header("content-type") ?? ""
  const body = request?.body?.trim() ?? ""
  if (request === undefined || body === "") return ""
  if (/json/i.test(type) && /^[\w.~%+[\]-]+=/.test(body))
    return " The body is a form (name=value), but its Content-Type specifies JSON."
  return /urlencoded/i.test(type) && body.startsWith("{")
    ? " The body is JSON, but its Content-Type specifies a form."
    : ""
}

/** Matches a placeholder from a program, a template or documentation that was not replaced with a value. */
const unfilled =
  /undefined|\[object Object\]|\bNaN\b|^(?:null|None|nil)$|^\{{1,2}[\w .-]{1,60}\}{1,2}$|^<[\w .-]{1,60}>$|^:[A-Za-z]\w{0,40}$|\$\{[A-Za-z_][\w.]{0,60}\}|^\$[A-Z_]{2,60}$|^YOUR[_-]\w{1,60}$/

/** Returns the first placeholder in the URL that was not replaced with a value. */
const unfilledIn = ({ exchange: { request }, url }: HttpFacts): string | undefined => {
  const path = url?.pathname ?? request?.url?.split(/[?#]/)[0] ?? ""
  return [...(url?.hostname.split(".") ?? []), ...path.split("/")].map(decoded).find((part) => unfilled.test(part))
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part.slice(0, 200))
  } catch {
    return part
  }
}

/** Statuses with which servers reject a URL. */
const ofAddress = [400, 403, 404, 405, 410, 422, 500]

const placeholder = rule({
  code: "HF-HTTP-REQUEST-001",
  title: "A variable in the URL was not filled in: the URL contains its name, undefined or null instead of a value",
  explanation:
    "The program built the URL from a missing value, such as an unset environment variable or an id that has not " +
    "been read yet. The URL may also contain an unreplaced placeholder from the documentation ({id}, :id, <id>). " +
    "The server looks for a resource with that name and does not find it.",
  fix: [
    {
      text: "find out where the value comes from, and do not send the request if the value is missing",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://www.rfc-editor.org/rfc/rfc3986#section-3.3"],
  find: (facts) => {
    const part = unfilledIn(facts)
    const isRefused = facts.failure?.key === "ENOTFOUND" || ofAddress.includes(facts.status)
    if (part === undefined || !isRefused || facts.isForToken) return undefined
    return found({
      confidence: "likely",
      detail: `The URL contains "${part}" instead of a value.${facts.status === 0 ? "" : spoken(facts)}`,
      evidence: [
        { at: "request.url", name: "url", observed: facts.exchange.request?.url?.slice(0, 300) ?? "" },
        ...(facts.status === 0 ? failed(facts) : answered(facts)),
      ],
    })
  },
})

const hostSection = "https://www.rfc-editor.org/rfc/rfc9112#section-3.2"

const host = rule({
  code: "HF-HTTP-REQUEST-002",
  title: "The Host header is missing or invalid",
  explanation:
    "Every HTTP/1.1 request must have exactly one Host header with the name of the server. The header must not " +
    "contain characters that are invalid in a host name; some servers also reject an underscore. If the header is " +
    "missing or invalid, the server or the edge in front of it returns 400 before it checks anything else.",
  fix: [
    {
      text: "send a Host header with the name of the server; clients add it automatically unless configured not to",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [hostSection],
  find: (facts) => {
    if (facts.status !== 400 || facts.isForToken) return undefined
    const isSaid =
      /(?:missing|no|required|invalid|malformed|bad|duplicate|multiple) (?:required )?["']?host["']? ?header|host header (?:is )?(?:missing|required|invalid)/i.test(
        facts.words.message || facts.body.slice(0, 2000),
      )
    const isWithout =
      facts.hasRequest && facts.url === undefined && facts.header("host") === undefined && sentHeaders(facts) > 1
    if (!isSaid && !isWithout) return undefined
    const confidence: Confidence = isSaid ? "likely" : facts.isWorded ? "possible" : "likely"
    return found({
      confidence,
      detail: `${isWithout ? "The request has no Host header." : "The server does not accept the Host header."}${spoken(facts)}`,
      evidence: [...answered(facts), ...said(facts)],
    })
  },
})

const sentHeaders = ({ exchange: { request } }: HttpFacts): number => Object.keys(request?.headers ?? {}).length

/**
 * All rules about defects of the request. Findings of equal rank are sorted in the order in which their rules are listed.
 */
export const request = [host, placeholder, unreadable, validation] as const
