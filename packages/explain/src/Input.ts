/**
 * Recognizes input by its content: a saved exchange, a capture, a HAR recording, the body of a response alone, or text as people
 * paste it, with an error somewhere in it.
 *
 * Plain and total: input that is not recognized gets a problem and a remedy of one line each.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Document from "./internal/recognition/document.ts"
import * as Paste from "./internal/recognition/paste.ts"
import type { Recognized } from "./internal/recognition/recognized.ts"
import * as Text from "./internal/recognition/text.ts"
import * as Whole from "./internal/recognition/whole.ts"

/** An exchange, or why there is none. */
export type Input =
  | {
      readonly _tag: "Exchange"
      /** Its status may be the one that usually comes with such a body: then it says `isStatusAssumed`. */
      readonly exchange: Exchange
      /** What the input was read as, in words: `the error of botocore (boto3, the AWS CLI)`. */
      readonly recognized: string
      /** The input is this from its start to its end, and was not found in other text. */
      readonly isWhole: boolean
      /** Which entry of a HAR recording the exchange is, counted from 1. */
      readonly recorded?: { readonly place: number; readonly entries: number }
    }
  | { readonly _tag: "Unusable"; readonly problem: string; readonly remedy: string }

/** Bytes of input that are read; a capture with a list of 10 000 parts in it has one. */
export const longest = 8 * 1024 * 1024

/** Characters of an answer that are looked at: no error is longer, and to hide the secrets of megabytes takes a minute. */
const longestAnswer = 256 * 1024

const usable = ({ as, exchange, recorded }: Whole.Found, isWhole: boolean): Input => {
  const { response } = exchange
  const answer =
    response?.body === undefined ? {} : { response: { ...response, body: response.body.slice(0, longestAnswer) } }
  const isExcerpt = !isWhole && exchange.request?.headers === undefined
  return {
    _tag: "Exchange",
    exchange: { ...exchange, ...answer, ...(isExcerpt ? { isExcerpt } : {}) },
    recognized: as,
    isWhole,
    ...(recorded === undefined ? {} : { recorded }),
  }
}

/** An input that nothing can be said about. */
export const unusable = (problem: string, remedy: string): Input => ({ _tag: "Unusable", problem, remedy })

const forms =
  "give the whole response (curl -v prints it), a saved exchange, a HAR recording, or the text of an error as the program printed it"

/** Recognizes bytes. */
export const recognize = (bytes: Uint8Array): Input => {
  const text = Text.decode(bytes)
  const start = text.trimStart()
  if (start === "") return unusable("is empty", forms)
  const whole = readWhole(bytes, start)
  if (whole !== undefined && !Whole.isProblem(whole)) return usable(whole, true)
  const pasted = whole?.isFinal === true ? undefined : Paste.recognize(text)
  if (pasted !== undefined) return usable(pasted, false)
  if (whole !== undefined) return unusable(whole.problem, whole.remedy ?? forms)
  return unusable(Text.isBinary(text) ? "is not text" : "is not recognized as an exchange or an error", forms)
}

/** Input that is one thing from its start to its end. */
const readWhole = (bytes: Uint8Array, text: string): Whole.Found | Whole.Problem | undefined => {
  if (/^[[{]/.test(text)) return Whole.readJson(text, Paste.recognize, Paste.readForm)
  if (/^<[^\s<>]/.test(text)) return Document.read(text)
  // A capture may carry the bytes of a file, so that it is not asked first whether it is text.
  const exchange = HttpCapture.parse(Text.utf16Of(bytes) === undefined ? bytes : text)
  if (exchange === undefined) return undefined
  const capture: Recognized = { exchange, as: "a capture of request and response" }
  // A line of a log can look like the first line of a request.
  const isAnswered = exchange.response !== undefined || exchange.failure !== undefined
  return isAnswered ? capture : (Paste.recognize(text) ?? capture)
}
