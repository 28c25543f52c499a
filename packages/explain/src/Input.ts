/**
 * Recognizes input by its content: a saved exchange, a capture, a HAR recording, or the body of a response alone.
 *
 * Plain and total: input that is not recognized gets a problem and a remedy of one line each.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ExchangeFile from "@holdfast/diagnosis/ExchangeFile"
import * as HarFile from "@holdfast/diagnosis/HarFile"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Explain from "./Explain.ts"

/** An exchange, or why there is none. */
export type Input =
  | {
      readonly _tag: "Exchange"
      /** Its status may be the one that usually comes with such a body: then it says `isStatusAssumed`. */
      readonly exchange: Exchange
      /** Which entry of a HAR recording the exchange is, counted from 1. */
      readonly recorded?: { readonly place: number; readonly entries: number }
    }
  | { readonly _tag: "Unusable"; readonly problem: string; readonly remedy: string }

/** Bytes of input that are read; a capture with a list of 10 000 parts in it has one. */
export const longest = 8 * 1024 * 1024

/** Characters of an answer that are looked at: no error is longer, and to hide the secrets of megabytes takes a minute. */
const longestAnswer = 256 * 1024

const usable = (exchange: Exchange, isStatusAssumed = false): Extract<Input, { readonly _tag: "Exchange" }> => {
  const { response } = exchange
  if (response === undefined) return { _tag: "Exchange", exchange }
  const body = response.body === undefined ? {} : { body: response.body.slice(0, longestAnswer) }
  const assumed = isStatusAssumed ? { isStatusAssumed } : {}
  return { _tag: "Exchange", exchange: { ...exchange, response: { ...response, ...body, ...assumed } } }
}

/** An input that nothing can be said about. */
export const unusable = (problem: string, remedy: string): Input => ({ _tag: "Unusable", problem, remedy })

const forms =
  "give a saved exchange, a capture of request and response, a HAR recording, or the XML, JSON or HTML of an answer"

/** Recognises bytes. */
export const recognize = (bytes: Uint8Array): Input => {
  const text = decode(bytes)
  const start = text.trimStart()
  if (start === "") return unusable("is empty", forms)
  if (/^[[{]/.test(start)) return readJson(start)
  if (/^<[^\s<>]/.test(start)) return readDocument(start)
  // A capture may carry the bytes of a file, so that it is not asked first whether it is text.
  const exchange = HttpCapture.parse(isUtf16(bytes) ? text : bytes)
  if (exchange !== undefined) return usable(exchange)
  return isBinary(text) ? unusable("is not text", forms) : unusable("is no exchange and no answer that is known", forms)
}

/** PowerShell's `>` writes UTF-16. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const decode = (bytes: Uint8Array): string =>
  new TextDecoder(isUtf16(bytes) ? (bytes[0] === 0xff ? "utf-16le" : "utf-16be") : "utf-8").decode(bytes)

const isBinary = (text: string): boolean => /[\0\ufffd]/.test(text.slice(0, 65_536))

/** A body alone. Rules ask for its status, so it gets that of its word in the vendors' tables, or of a bad request. */
const bodyAlone = (body: string, type: string, word: string, stated?: number): Input => {
  const status = stated ?? Explain.statusOfCode(word)
  const isError = status !== undefined && status >= 300
  return usable({ response: { status: isError ? status : 400, headers: { "content-type": type }, body } }, true)
}

/** What may precede the root element of a document: the start and the end of each construct. */
const beforeRoot = [
  ["<?", "?>"],
  ["<!--", "-->"],
  ["<!", ">"],
] as const

/** The name of the root element, without its prefix. A regular expression for the prologue would backtrack. */
const rootOf = (text: string): string => {
  let at = 0
  while (true) {
    while (/\s/.test(text.charAt(at))) at++
    const found = beforeRoot.find(([begin]) => text.startsWith(begin, at))
    if (found === undefined) break
    const end = text.indexOf(found[1], at + found[0].length)
    if (end === -1) return ""
    at = end + found[1].length
  }
  return /^<(?:[\w-]+:)?([\w-]+)/.exec(text.slice(at, at + longestName))?.[1] ?? ""
}

const longestName = 200

const readDocument = (text: string): Input => {
  const root = rootOf(text)
  if (/^(?:html|head|body|meta|script|title)$/i.test(root)) return readPage(text)
  if (root === "Error" || root === "ErrorResponse") {
    const [, code = ""] = /<(?:[\w-]+:)?Code>([^<]+)</.exec(text) ?? []
    return bodyAlone(text, "application/xml", code)
  }
  // S3 sends these with a success only.
  if (/^(?:PostResponse|\w+Result)$/.test(root)) return usable({ response: { status: 200, body: text } })
  return unusable(root === "" ? "is no document" : `is XML, but <${root.slice(0, 40)}> is no error`, forms)
}

/** A page of a server that failed says so in its title; other pages come with a success, where an API was asked. */
const readPage = (body: string): Input => {
  const [, status] = /<(?:title|h1)[^>]*>[^<]*?\b([45]\d\d)\b/i.exec(body) ?? []
  const headers = { "content-type": "text/html" }
  return usable(
    { response: { status: status === undefined ? 200 : Number(status), headers, body } },
    status === undefined,
  )
}

const readRecording = (json: JsonObject): Input => {
  const recorded = HarFile.read(json)
  if (recorded === undefined) return unusable("is a HAR recording without a request", forms)
  const { entries, exchange, place } = recorded
  return { ...usable(exchange), recorded: { place, entries } }
}

type JsonObject = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is JsonObject => typeof u === "object" && u !== null && !Array.isArray(u)

/** Members by which an error of any vendor is known. */
const errorMembers = ["error", "errors", "message", "code", "detail", "title", "error_description", "error_code"]

const readJson = (text: string): Input => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return unusable("looks like JSON, but cannot be parsed", "check that it was copied whole")
  }
  if (!isObject(json)) return unusable("is JSON, but no object", forms)
  if (HarFile.isRecording(json)) return readRecording(json)
  const has = (name: string) => Object.hasOwn(json, name)
  const isError = errorMembers.some(has)
  const isExchange = isObject(json["request"]) || isObject(json["response"]) || ExchangeFile.isAnswerAlone(json)
  if (isExchange || (!isError && (has("format") || has("failure")))) {
    const decoded = ExchangeFile.decode(text)
    if (!ExchangeFile.isProblem(decoded)) return usable(decoded)
    const { path, problem } = decoded
    return unusable(`is JSON, but no exchange (${path === "" ? problem : `${path}: ${problem}`})`, "correct it")
  }
  if (!isError) return unusable("is JSON, but neither an exchange nor an error", forms)
  const first: unknown = Array.isArray(json["errors"]) ? json["errors"][0] : undefined
  const inner = isObject(first) ? first : {}
  const stated = [json["status"], json["code"], inner["status"], inner["code"]].find(
    (status) => typeof status === "number" && status >= 300 && status < 600,
  )
  const word = [json["error"], json["message"], inner["title"], json["code"]].find((text) => typeof text === "string")
  return bodyAlone(
    text,
    "application/json",
    typeof word === "string" ? word : "",
    typeof stated === "number" ? stated : undefined,
  )
}
