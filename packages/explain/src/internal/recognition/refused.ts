/**
 * Reads an API's message that rejects a key, a token or its scope, printed by a program without a status or anything else.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"

/** Lines that are read, from the end of the text, and the maximum length of each. */
const mostLines = 100
const longest = 1000

/** What programs print before the message: a time, a level, the name of a logger or an exception. */
const preface = /^(?:[\w .\-[\]()|/>*✖✗❌]{0,80}(?:: | - |\] ))+/

const exchangeOf = (line: string, text: string): Recognized => {
  const request = Around.requestIn(text)
  const stated = Around.statusIn(text)
  const sentence = line.replace(preface, "")
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(stated === undefined || stated < 400 ? assumed(400) : { status: stated }),
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ message: Http.saysRefusal(sentence) ? sentence : line }),
      },
    },
    as: "an API message that rejects the request",
  }
}

/** Words that only APIs use. Files, devices and databases use the same messages otherwise. */
const ofApi =
  /\b(?:tokens?|scopes?|apis?|keys?|oauth|bearer|credentials?|app(?:lication)?s?|integration|plan|passwords?|authenticate|TF\d{6})\b/i

const isRefusal = (line: string): boolean => line.length <= longest && ofApi.test(line) && Http.saysRefusal(line)

/** Reads such a message in a single line. */
export const readLine = (text: string): Recognized | undefined => {
  const line = text.trim()
  return !line.includes("\n") && isRefusal(line) ? exchangeOf(line, text) : undefined
}

const lastIn = (text: string): string | undefined =>
  text
    .split("\n")
    .slice(-mostLines)
    .map((one) => one.trim())
    .findLast(isRefusal)

/** Whether a text contains such a message. */
export const isIn = (text: string): boolean => lastIn(text) !== undefined

/** Reads the last such message of a text. */
export const read = (text: string): Recognized | undefined => {
  const line = lastIn(text)
  return line === undefined ? undefined : exchangeOf(line, text)
}
