/**
 * Reads a message in which an API rejects a key, a token or its scope, if a program prints the message without a status or
 * other details.
 */
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"

/** The maximum number of lines to read from the end of the text, and the maximum length of a line. */
const mostLines = 100
const longest = 1000

/**
 * Matches the text that programs print before the message, such as a time, a level, or the name of a logger or exception.
 */
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

/**
 * Matches words that only APIs use. Without a word that only APIs use, the message could also be about a file, a device or a
 * database.
 */
const ofApi =
  /\b(?:tokens?|scopes?|apis?|keys?|oauth|bearer|credentials?|app(?:lication)?s?|integration|plan|passwords?|authenticate|TF\d{6})\b/i

const isRefusal = (line: string): boolean => line.length <= longest && ofApi.test(line) && Http.saysRefusal(line)

/** Reads an API's rejection message if the text is a single line. */
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

/** Checks whether text contains an API's rejection message. */
export const isIn = (text: string): boolean => lastIn(text) !== undefined

/** Reads the last line that contains an API's rejection message. */
export const read = (text: string): Recognized | undefined => {
  const line = lastIn(text)
  return line === undefined ? undefined : exchangeOf(line, text)
}
