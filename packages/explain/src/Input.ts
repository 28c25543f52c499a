/**
 * Recognizes input by its content. The input can be a saved exchange, a capture, a HAR recording, a response body without its
 * headers, or pasted text that contains an error.
 *
 * Plain and total. For unrecognized input, the function returns a problem and a remedy, each on one line.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Document from "./internal/recognition/document.ts"
import * as Paste from "./internal/recognition/paste.ts"
import type { Recognized } from "./internal/recognition/recognized.ts"
import * as Text from "./internal/recognition/text.ts"
import * as Whole from "./internal/recognition/whole.ts"

/** An exchange, or the reason why the input does not contain an exchange. */
export type Input =
  | {
      readonly _tag: "Exchange"
      /**
       * The exchange may have an assumed status, which is the usual status for its response body. If the status is assumed,
       * `isStatusAssumed` is true.
       */
      readonly exchange: Exchange
      /** A description of the recognized format. An example is `an error from botocore (boto3, the AWS CLI)`. */
      readonly recognized: string
      /** Whether the format covers the whole input. Otherwise, the exchange was found inside other text. */
      readonly isWhole: boolean
      /** The position of the HAR entry, counted from 1, and the number of entries. */
      readonly recorded?: { readonly place: number; readonly entries: number }
    }
  | { readonly _tag: "Unusable"; readonly problem: string; readonly remedy: string }

/** The maximum size of the input, in bytes. A capture that lists 10 000 parts stays below this limit. */
export const longest = 8 * 1024 * 1024

/**
 * The maximum length of a response body, in characters. Error responses are never longer than this limit, and redacting
 * megabytes of text takes a minute.
 */
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

/** Describes input that was not recognized. */
export const unusable = (problem: string, remedy: string): Input => ({ _tag: "Unusable", problem, remedy })

const forms =
  "provide the complete response (curl -v prints it), a saved exchange, a HAR recording, or the text of an error " +
  "as the program printed it"

/** Recognizes input that is provided as bytes. */
export const recognize = (bytes: Uint8Array): Input => {
  const text = Text.decode(bytes)
  const start = text.trimStart()
  if (start === "") return unusable("is empty", forms)
  const whole = readWhole(bytes, start)
  if (whole !== undefined && !Whole.isProblem(whole)) return usable(whole, true)
  const pasted = whole?.isFinal === true ? undefined : Paste.recognize(text)
  if (pasted !== undefined) return usable(pasted, false)
  if (whole !== undefined) return unusable(whole.problem, whole.remedy ?? forms)
  return unusable(Text.isBinary(text) ? "is not text" : "is not recognized as an exchange or an error response", forms)
}

/** Recognizes input that consists of a single format from start to end. */
const readWhole = (bytes: Uint8Array, text: string): Whole.Found | Whole.Problem | undefined => {
  if (/^[[{]/.test(text)) return Whole.readJson(text, Paste.recognize, Paste.readForm)
  if (/^<[^\s<>]/.test(text)) return Document.read(text)
  // A capture may contain the bytes of a file, so it is tried before the check for text.
  const exchange = HttpCapture.parse(Text.utf16Of(bytes) === undefined ? bytes : text)
  if (exchange === undefined) return undefined
  const capture: Recognized = { exchange, as: "a capture of a request and its response" }
  // A line of a log can resemble the first line of a request.
  const isAnswered = exchange.response !== undefined || exchange.failure !== undefined
  return isAnswered ? capture : (Paste.recognize(text) ?? capture)
}
