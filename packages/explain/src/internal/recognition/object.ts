/**
 * Errors that programs write as JSON: axios, the AWS SDK for JavaScript, exports of Postman and Insomnia, lines of a structured log.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { apiError, statusIn, text, textOf, written } from "./apiError.ts"
import * as Around from "./around.ts"
import { isObject, type Json, parse } from "./json.ts"
import { assumed, type Recognized } from "./recognized.ts"
import { exchangeOf as exchangeOfCode, statusOf } from "./codes.ts"
import { documentOf } from "./sdk.ts"

const object = (json: Json, ...names: ReadonlyArray<string>): Json | undefined =>
  names.map((name) => json[name]).find(isObject)

/** Headers as an object, or as Postman's and Insomnia's pairs of `key` or `name` and `value`. */
const headersOf = (headers: unknown): Readonly<Record<string, string>> => {
  const pairs = Array.isArray(headers)
    ? headers.flatMap((one: unknown) =>
        isObject(one)
          ? [[text(one, "key", "name") ?? "", one["disabled"] === true ? undefined : one["value"]] as const]
          : [],
      )
    : isObject(headers)
      ? // Node prints the map in which its Headers keep them.
        Object.entries(object(headers, "map") ?? headers)
      : []
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => {
      const one: unknown = Array.isArray(value) ? value[0] : value
      return name !== "" && (typeof one === "string" || typeof one === "number")
        ? [[name.toLowerCase(), String(one)]]
        : []
    }),
  )
}

const bodyOf = (body: unknown): string | undefined =>
  textOf(body) ?? (isObject(body) && !("type" in body && body["type"] === "Buffer") ? written(body) : undefined)

const urlOf = (u: unknown): string | undefined => textOf(u) ?? (isObject(u) ? textOf(u["raw"]) : undefined)

const requestFrom = (json: Json | undefined): Exchange["request"] => {
  if (json === undefined) return undefined
  const path = urlOf(json["url"]) ?? text(json, "uri", "href", "requestUrl")
  const base = text(json, "baseURL", "baseUrl")
  const url =
    path !== undefined && base !== undefined && !/^https?:/.test(path)
      ? `${base.replace(/\/$/, "")}/${path.replace(/^\//, "")}`
      : path
  const method = text(json, "method", "requestMethod")
  const body =
    isObject(json["body"]) && "mode" in json["body"]
      ? textOf(json["body"]["raw"])
      : bodyOf(json["data"] ?? json["body"])
  if (url === undefined && method === undefined) return undefined
  const headers = json["headers"] ?? json["header"]
  return {
    ...(method === undefined ? {} : { method: method.toUpperCase() }),
    ...(url === undefined ? {} : { url }),
    // A log that keeps no headers does not say that there were none.
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(body === undefined ? {} : { body }),
  }
}

const responseFrom = (json: Json | undefined): Exchange["response"] => {
  const status = json === undefined ? undefined : statusIn(json)
  if (json === undefined || status === undefined) return undefined
  const body = bodyOf(json["data"] ?? json["body"] ?? json["text"] ?? json["responseText"])
  return { status, headers: headersOf(json["headers"] ?? json["header"]), ...(body === undefined ? {} : { body }) }
}

const exchangeOf = (request: Exchange["request"], response: Exchange["response"], failure?: string): Exchange => ({
  ...(request === undefined ? {} : { request }),
  ...(response === undefined ? {} : { response }),
  ...(failure === undefined || response !== undefined ? {} : { failure }),
})

/** The error of axios and its kin: the request in `config` or `request`, the answer in `response`. */
const readClient = (json: Json): Recognized | undefined => {
  // A saved exchange has a request and a response too, and neither a name nor a message.
  const isError = ["name", "message", "stack"].some((name) => textOf(json[name]) !== undefined)
  const config = object(json, "config", "options") ?? (isError ? object(json, "request") : undefined)
  const response = responseFrom(object(json, "response")) ?? (config === undefined ? undefined : responseFrom(json))
  const isClient = config !== undefined || /^(?:Axios|Http|Fetch|Request|Response)Error$/.test(text(json, "name") ?? "")
  if (!isClient) return readAnswer(json)
  const code = text(json, "code")
  const failure = [code, text(json, "message")].filter((one) => one !== undefined).join(": ")
  const request = requestFrom(config)
  if (request === undefined && response === undefined && failure === "") return undefined
  return {
    exchange: exchangeOf(request, response, failure === "" ? undefined : failure),
    as: text(json, "name") === "AxiosError" ? "the error of axios" : "the error of an HTTP client",
  }
}

/** The error of a client that keeps the answer in its own members: status, headers and body (node-twitter-api-v2, Notion, got). */
const readAnswer = (json: Json): Recognized | undefined => {
  // The SDK of Tencent COS has made an object of the document.
  const document = object(json, "error", "Error")
  const kept =
    document !== undefined && text(document, "Code") !== undefined
      ? { ...json, body: written({ Error: document }) }
      : json
  const response = isObject(json["headers"]) ? responseFrom(kept) : undefined
  return response === undefined || response.status < 300 || response.body === undefined
    ? undefined
    : { exchange: { response }, as: "the error of an HTTP client, which keeps the answer" }
}

/** The error of the AWS SDK for JavaScript: the code is its name, the status is in `$metadata`. */
const readAws = (json: Json): Recognized | undefined => {
  const metadata = object(json, "$metadata")
  const code = text(json, "Code", "code", "name", "__type")
  if (
    code === undefined ||
    (metadata === undefined && !("$fault" in json) && !("statusCode" in json && "requestId" in json))
  )
    return undefined
  const status = statusIn(metadata ?? {}) ?? statusIn(json)
  const requestId = text(metadata ?? json, "requestId", "RequestId")
  const hostId = text(metadata ?? json, "extendedRequestId", "HostId")
  return {
    exchange: {
      response: {
        ...(status === undefined ? assumed(statusOf(code)) : { status }),
        headers: {
          ...(requestId === undefined ? {} : { "x-amz-request-id": requestId }),
          ...(hostId === undefined ? {} : { "x-amz-id-2": hostId }),
        },
        ...(/^(?:\d+|Unknown(?:Error)?|NotFound|Forbidden)$/.test(code)
          ? {}
          : { body: documentOf(code, messageOf(json) ?? "") }),
      },
    },
    as: "the error of the AWS SDK for JavaScript",
  }
}

/** The sentence, which a wrapper keeps in its cause. */
const messageOf = (json: Json): string | undefined =>
  text(json, "message", "Message") ??
  text(object(json, "cause", "originalError", "error", "Error") ?? {}, "message", "Message")

/** How many saved answers of an export are looked at. */
const most = 1000

/** The last answer of an export of Postman or Insomnia that failed. */
const readExport = (json: Json): Recognized | undefined => {
  const all = [...answersOf(json)].slice(0, most)
  const last = all.findLast(({ response }) => (response?.status ?? 0) >= 400) ?? all.at(-1)
  return last === undefined ? undefined : { exchange: last, as: "an export of an API client" }
}

/** Walks folders of requests: Postman's `item`, with `response` and `originalRequest`; Insomnia's `resources`. */
function* answersOf(json: Json, depth = 0): Generator<Exchange> {
  if (depth > 10) return
  for (const item of [json["item"], json["resources"], json["collection"]].flat().filter(isObject)) {
    for (const response of [item["response"], item["responses"]].flat().filter(isObject)) {
      const answer = responseFrom(response)
      const request = requestFrom(object(response, "originalRequest") ?? object(item, "request"))
      if (answer !== undefined || request !== undefined) yield exchangeOf(request, answer)
    }
    const answer = textOf(item["_type"]) === "response" ? responseFrom(item) : undefined
    const parent = [json["resources"]]
      .flat()
      .find((one): one is Json => isObject(one) && one["_id"] === item["parentId"])
    if (answer !== undefined) yield exchangeOf(requestFrom(parent), answer)
    yield* answersOf(item, depth + 1)
  }
}

/** Members that a structured log has and an error of an API has not. */
const isLog = (json: Json): boolean =>
  ["level", "severity", "lvl", "levelname", "logger", "@timestamp", "hostname", "pid"].some((name) => name in json)

/** A line of a structured log: an error in a member, the rest is the request. */
const readLog = (json: Json, readText: (text: string) => Recognized | undefined): Recognized | undefined => {
  if (!isLog(json)) return undefined
  const http = object(json, "http", "res", "response", "httpRequest")
  const status = statusIn(json) ?? (http === undefined ? undefined : statusIn(http))
  const request = requestFrom(json) ?? requestFrom(object(json, "req", "request", "http", "httpRequest"))
  for (const member of membersOf(json)) {
    const inner = isObject(member) ? read(member, readText) : undefined
    const found =
      inner ??
      (typeof member === "string"
        ? readText(member)
        : isObject(member)
          ? (apiError(member) ?? readText(textsIn(member)))
          : undefined)
    if (found === undefined) continue
    const { isStatusAssumed, ...answer } = found.exchange.response ?? { status: 0 }
    const response =
      found.exchange.response === undefined
        ? undefined
        : isStatusAssumed === true && status !== undefined
          ? { ...answer, status }
          : found.exchange.response
    return {
      exchange: {
        ...(request === undefined ? {} : { request }),
        ...found.exchange,
        ...(response === undefined ? {} : { response }),
      },
      as: `${found.as}, in a line of a log`,
    }
  }
  return status === undefined || status < 400
    ? undefined
    : { exchange: exchangeOf(request, withSentence(json, status)), as: "a line of a log" }
}

/** The status of a line of a log, with the sentence that the platform wrote beside it. */
const withSentence = (json: Json, status: number): Exchange["response"] => {
  const sentence = text(json, "textPayload", "message", "msg")
  return sentence === undefined || /^\s*[{<[]/.test(sentence)
    ? { status }
    : { status, headers: { "content-type": "text/plain" }, body: sentence.slice(0, 500) }
}

/** The texts of an object, a line each; the exception of a logger keeps its sentence in one of them. */
const textsIn = (json: Json): string =>
  Object.values(json)
    .flatMap((value) => (typeof value === "string" ? [value] : []))
    .join("\n")

/** Members of a log line that can hold an error, the most telling first. */
const membersOf = (json: Json): ReadonlyArray<unknown> =>
  [
    "body",
    "response_body",
    "responseBody",
    "response",
    "error",
    "err",
    "exception",
    "exc_info",
    "stack",
    "msg",
    "message",
    "log",
    "textPayload",
    "jsonPayload",
  ]
    .map((name) => json[name])
    .filter((value) => value !== undefined)
    .map((value) => (typeof value === "string" ? (parse(value) ?? value) : value))

/** An event of Holdfast, or of a program that writes its tagged errors: the tag is a code. */
const readTagged = (json: Json): Recognized | undefined => {
  for (const one of [json, json["error"], json["cause"], json["failure"]]) {
    const tag = isObject(one) ? text(one, "_tag") : undefined
    const exchange = tag === undefined ? undefined : exchangeOfCode(tag)
    if (tag !== undefined && exchange !== undefined) return { exchange, as: `the error ${tag}` }
  }
  return undefined
}

/** Reads an object that a program wrote about an exchange; `undefined` if it is the error of an API itself. */
export const read = (json: Json, readText: (text: string) => Recognized | undefined): Recognized | undefined =>
  readAws(json) ?? readClient(json) ?? readExport(json) ?? readTagged(json) ?? readLog(json, readText)

/** Reads an object that stands in other text. */
export const embedded = (
  json: Json,
  around: string,
  readText: (text: string) => Recognized | undefined,
): Recognized | undefined => {
  const found = read(json, readText) ?? apiError(json)
  if (found === undefined) return undefined
  return { ...found, exchange: withAround(found.exchange, around) }
}

/** Reads an object in other text in which a client keeps its request and the answer. */
export const kept = (json: Json, around: string): Recognized | undefined => {
  const found = readClient(json)
  return found === undefined ? undefined : { ...found, exchange: withAround(found.exchange, around) }
}

const withAround = (exchange: Exchange, around: string): Exchange => {
  const request = exchange.request ?? Around.requestIn(around)
  const at = exchange.at ?? Around.timeIn(around)
  const status = exchange.response?.isStatusAssumed === true ? Around.statusIn(around) : undefined
  const { isStatusAssumed: _, ...answer } = exchange.response ?? { status: 0 }
  return {
    ...exchange,
    ...(request === undefined ? {} : { request }),
    ...(status === undefined ? {} : { response: { ...answer, status } }),
    ...(at === undefined ? {} : { at }),
  }
}
