/**
 * Reads input that consists of a single JSON document, such as a saved exchange, a recording, a client's error, or a response
 * body.
 */
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import * as HarFile from "@holdfast/diagnosis/HarFile"
import { gatewayStatus, statusOf } from "./codes.ts"
import { isObject, type Json } from "./json/json.ts"
import * as ObjectOf from "./json/object.ts"
import { assumed, type Reader, type Recognized } from "./recognized.ts"
import * as Wrapped from "./json/wrapped.ts"

/** The result of recognizing an input. */
export interface Found extends Recognized {
  readonly recorded?: { readonly place: number; readonly entries: number }
}

/** The reason why an input is not recognized, and specific advice if there is any. */
export interface Problem {
  readonly _tag: "Problem"
  readonly problem: string
  readonly remedy?: string
  /** Whether the format is certain, so that no other reader tries the input. */
  readonly isFinal?: true
}

export const isProblem = (read: Found | Problem): read is Problem => "_tag" in read

const problem = (text: string, remedy?: string): Problem => ({
  _tag: "Problem",
  problem: text,
  ...(remedy === undefined ? {} : { remedy }),
})

/** Returns the header that identifies Amazon API Gateway if only API Gateway sends the message. */
const marksOf = (body: string, word: string): Readonly<Record<string, string>> =>
  gatewayStatus(word) !== undefined && body.length < word.length + 24 ? { "x-amz-apigw-id": "(not kept)" } : {}

/**
 * Builds an exchange from a response body alone. Rules require a status, so the exchange uses the status in the body, the
 * documented status for the code, or 400 if neither is known.
 */
const bodyAlone = (body: string, word: string, stated: number | undefined): Found => ({
  exchange: {
    response: {
      ...assumed(stated ?? statusOf(word)),
      headers: { "content-type": "application/json", ...marksOf(body, word) },
      body,
    },
  },
  as: "the JSON of a response",
})

const readRecording = (json: Json): Found | Problem => {
  const recorded = HarFile.read(json)
  if (recorded === undefined) return problem("is a HAR recording that does not contain a request")
  const { entries, exchange, place } = recorded
  return { exchange, recorded: { place, entries }, as: `a HAR recording: entry ${place} of ${entries}` }
}

/** Fields that identify an error from any vendor. */
const errorMembers = ["error", "errors", "message", "code", "detail", "title", "error_description", "error_code"]

/**
 * Reads JSON. `readText` reads the text of an error in a field. `readForm` reads an error that an application wrapped in its
 * own error.
 */
export const readJson = (text: string, readText: Reader, readForm: Reader): Found | Problem => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return problem("looks like JSON, but cannot be parsed", "check that the JSON was copied completely")
  }
  if (!isObject(json)) return problem("is valid JSON, but not a JSON object")
  if (HarFile.isRecording(json)) return readRecording(json)
  const ofProgram = ObjectOf.read(json, readText)
  if (ofProgram !== undefined) return ofProgram
  const wrapped = Wrapped.read(json, readText, readForm)
  if (wrapped !== undefined) return wrapped
  const has = (name: string) => Object.hasOwn(json, name)
  const isError = errorMembers.some(has)
  const isExchange = isObject(json["request"]) || isObject(json["response"]) || ExchangeFile.isAnswerAlone(json)
  if (isExchange || (!isError && (has("format") || has("failure")))) {
    const decoded = ExchangeFile.decode(text)
    if (!ExchangeFile.isProblem(decoded)) return { exchange: decoded, as: "a saved exchange" }
    const where = decoded.path === "" ? "" : `${decoded.path}: `
    return { ...problem(`is JSON, but not a valid exchange (${where}${decoded.problem})`, "correct it"), isFinal: true }
  }
  if (!isError) return problem("is JSON, but neither an exchange nor an error")
  const first: unknown = Array.isArray(json["errors"]) ? json["errors"][0] : undefined
  const inner = isObject(first) ? first : {}
  const data = isObject(json["data"]) ? json["data"] : {}
  const stated = [json["status"], json["code"], inner["status"], inner["code"], data["status"]].find(
    (status) => typeof status === "number" && status >= 300 && status < 600,
  )
  const word = [json["error"], json["message"], inner["title"], json["code"]].find((text) => typeof text === "string")
  return bodyAlone(text, typeof word === "string" ? word : "", typeof stated === "number" ? stated : undefined)
}
