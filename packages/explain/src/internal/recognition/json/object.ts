/**
 * Reads errors that programs write as JSON, such as errors from axios and the AWS SDK for JavaScript, Postman and Insomnia
 * exports, and structured log lines.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { apiError, statusIn, text, textOf, written } from "./apiError.ts"
import * as Around from "../around.ts"
import { exchangeOf, object, requestFrom, responseFrom } from "./exchangeParts.ts"
import { isObject, type Json } from "./json.ts"
import * as Log from "./log.ts"
import { assumed, type Reader, type Recognized } from "../recognized.ts"
import * as Wrapped from "./wrapped.ts"
import { exchangeOf as exchangeOfCode, statusOf } from "../codes.ts"
import { documentOf } from "../sdk/exception.ts"

/**
 * Reads an error from axios or a similar client, which stores the request in `config` or `request` and the response in
 * `response`.
 */
const readClient = (json: Json): Recognized | undefined => {
  // A saved exchange also has a request and a response, but neither a name nor a message.
  const isError = ["name", "message", "stack"].some((name) => textOf(json[name]) !== undefined)
  const config = object(json, "config", "options") ?? (isError ? object(json, "request") : undefined)
  const response = responseFrom(object(json, "response")) ?? (config === undefined ? undefined : responseFrom(json))
  const isClient = config !== undefined || /^(?:Axios|Http|Fetch|Request|Response)Error$/.test(text(json, "name") ?? "")
  if (!isClient) return readAnswer(json)
  const code = text(json, "code")
  const failure = [code, text(json, "message")].filter((one) => one !== undefined).join(": ")
  const request = requestFrom(config)
  if (request === undefined && response === undefined && failure === "") return undefined
  const stated =
    response?.body === undefined && response !== undefined && /^[A-Z][a-z]+[A-Z]\w{2,80}$/.test(code ?? "")
      ? // Azure's SDK keeps the code and the message of the response, but not its body.
        { ...response, body: documentOf(code ?? "", text(json, "message") ?? "") }
      : response
  return {
    exchange: exchangeOf(request, stated, failure === "" ? undefined : failure),
    as: text(json, "name") === "AxiosError" ? "an axios error" : "an HTTP client error",
  }
}

/**
 * Reads a client error that stores the status, headers and body of the response in its own fields (node-twitter-api-v2,
 * Notion, got).
 */
const readAnswer = (json: Json): Recognized | undefined => {
  // The Tencent COS SDK parses the document into an object.
  const document = object(json, "error", "Error")
  const kept =
    document !== undefined && text(document, "Code") !== undefined
      ? { ...json, body: written({ Error: document }) }
      : json
  const response = isObject(json["headers"]) ? responseFrom(kept) : undefined
  return response === undefined || response.status < 300 || response.body === undefined
    ? undefined
    : { exchange: { response }, as: "an HTTP client error, which contains the response" }
}

/**
 * Reads the output of MinIO's client with `--json`, in which the server's error is stored as the cause of the client's error.
 */
const readMinioClient = (json: Json): Recognized | undefined => {
  const error = object(object(object(json, "error") ?? {}, "cause") ?? {}, "error")
  const code = error === undefined ? undefined : text(error, "Code")
  return error === undefined || code === undefined
    ? undefined
    : {
        exchange: { response: { ...assumed(statusOf(code)), body: documentOf(code, text(error, "Message") ?? "") } },
        as: "a MinIO client error",
      }
}

/**
 * Reads an error from the AWS SDK for JavaScript. The name of the error is the code, and `$metadata` contains the status.
 */
const readAws = (json: Json): Recognized | undefined => {
  const metadata = object(json, "$metadata")
  const code = text(json, "Code", "code", "name", "__type")
  if (
    code === undefined ||
    (metadata === undefined &&
      !("$fault" in json) &&
      !("statusCode" in json && "requestId" in json) &&
      !isDocument(json) &&
      !(/[a-z][A-Z]/.test(code) && !code.endsWith("Error") && /aws-sdk|smithy/.test(text(json, "stack") ?? "")))
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
          : { body: documentOf(code, messageOf(json) ?? "", elementsOf(json)) }),
      },
    },
    as: "an error from the AWS SDK for JavaScript",
  }
}

/** Checks whether an object contains the elements of an S3 error document as fields. */
const isDocument = (json: Json): boolean =>
  statusOf(text(json, "Code") ?? "") !== undefined && text(json, "Message") !== undefined

/** Reads an error that the AWS SDK for PHP stores as an array, with the status in `http_code`. */
const readPhp = (json: Json): Recognized | undefined => {
  const error = object(json, "error")
  const code = error === undefined ? undefined : text(error, "code")
  const status = error?.["http_code"]
  if (error === undefined || code === undefined || typeof status !== "number" || statusOf(code) === undefined)
    return undefined
  return {
    exchange: { response: { status, headers: {}, body: documentOf(code, text(error, "message") ?? "") } },
    as: "an exception from the AWS SDK for PHP",
  }
}

/**
 * Collects the elements of an S3 error document that the SDK stores as fields with the same names, apart from standard
 * elements such as the code and the message.
 */
const elementsOf = (json: Json): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) =>
      typeof value === "string" && /^[A-Z][A-Za-z0-9]{2,40}$/.test(name) && !members.has(name) ? [[name, value]] : [],
    ),
  )

const members: ReadonlySet<string> = new Set(["Code", "HostId", "Message", "RequestId", "Type"])

/**
 * Completes an SDK error with the message that Node prints above the object. The SDK error contains its own message only if
 * it was logged as JSON.
 */
const withSentence = (json: Json, around: string): Json => {
  const code = text(json, "Code", "name")
  if (code === undefined || messageOf(json) !== undefined || !("$metadata" in json || "$fault" in json)) return json
  const from = around.lastIndexOf(`${code}: `)
  const [, message] = from === -1 ? [] : (/^([^\n]{1,1000})/.exec(around.slice(from + code.length + 2)) ?? [])
  return message === undefined ? json : { ...json, message }
}

/** Returns the message of an error, which a wrapper may store in its cause. */
const messageOf = (json: Json): string | undefined =>
  text(json, "message", "Message") ??
  text(object(json, "cause", "originalError", "error", "Error") ?? {}, "message", "Message")

/** The maximum number of saved responses to read from an export. */
const most = 1000

/** Reads the last failed response from a Postman or Insomnia export. */
const readExport = (json: Json): Recognized | undefined => {
  const all = [...answersOf(json)].slice(0, most)
  const last = all.findLast(({ response }) => (response?.status ?? 0) >= 400) ?? all.at(-1)
  return last === undefined ? undefined : { exchange: last, as: "an API client's export" }
}

/**
 * Walks through the request folders of an export. Postman uses `item` with `response` and `originalRequest`, and Insomnia
 * uses `resources`.
 */
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

/** Reads a tagged error in an event from Holdfast or another program. The tag is used as the error code. */
const readTagged = (json: Json): Recognized | undefined => {
  for (const one of [json, json["error"], json["cause"], json["failure"]]) {
    const tag = isObject(one) ? text(one, "_tag") : undefined
    const exchange = tag === undefined ? undefined : exchangeOfCode(tag)
    if (tag !== undefined && exchange !== undefined) return { exchange, as: `the error ${tag}` }
  }
  return undefined
}

/**
 * Reads an object in which a program describes an exchange. Returns `undefined` for an error object that comes directly from
 * an API.
 */
export const read = (json: Json, readText: (text: string) => Recognized | undefined): Recognized | undefined =>
  readAws(json) ??
  readPhp(json) ??
  readMinioClient(json) ??
  readClient(json) ??
  readExport(json) ??
  readTagged(json) ??
  Log.read(json, readText, read)

/** Reads an object that is embedded in other text. */
export const embedded = (json: Json, around: string, readText: Reader, readForm: Reader): Recognized | undefined => {
  const found = read(withSentence(json, around), readText) ?? Wrapped.inForm(json, readForm) ?? apiError(json)
  if (found === undefined) return undefined
  return { ...found, exchange: withAround(found.exchange, around) }
}

/** Reads an object that is embedded in other text and in which a client stores both its request and the response. */
export const kept = (json: Json, around: string): Recognized | undefined => {
  const found = readClient(json)
  return found === undefined ? undefined : { ...found, exchange: withAround(found.exchange, around) }
}

/** Matches the message that a program prints before an object that contains only the error code. */
const headline = /^[ \t]{0,40}(?:Uncaught )?[\w.]{0,60}Error(?: \[\w{1,60}\])?: ([^\n]{1,300})/m

const withAround = (exchange: Exchange, around: string): Exchange => {
  const request = exchange.request ?? Around.requestIn(around)
  const at = exchange.at ?? Around.timeIn(around)
  const status = exchange.response?.isStatusAssumed === true ? Around.statusIn(around) : undefined
  const { isStatusAssumed: _, ...answer } = exchange.response ?? { status: 0 }
  const [, sentence] = /^\w{1,80}$/.test(exchange.failure ?? "") ? (headline.exec(around) ?? []) : []
  return {
    ...exchange,
    ...(sentence === undefined ? {} : { failure: `${exchange.failure}: ${sentence}` }),
    ...(request === undefined ? {} : { request }),
    ...(status === undefined ? {} : { response: { ...answer, status } }),
    ...(at === undefined ? {} : { at }),
  }
}
