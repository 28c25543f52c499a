/**
 * Reads JSON errors in which an application or a platform includes a client's exception. Examples are JSON errors from
 * Spring, ASP.NET Core, Lambda and Sentry.
 */
import { text } from "./apiError.ts"
import { isObject, type Json } from "./json.ts"
import { assumed, type Reader, type Recognized } from "../recognized.ts"
import { documentOf } from "../sdk/exception.ts"
import { sentenceIn } from "../sdk/sentences.ts"

/** Fields that may contain an exception's message, and the maximum depth of the search for these fields. */
const holders = [
  "trace",
  "stackTrace",
  "exception",
  "message",
  "detail",
  "errorMessage",
  "error",
  "reason",
  "description",
  "value",
  "msg",
]
const deepest = 4

/** Yields the message strings in an object and in its nested objects. */
function* textsIn(json: Json, depth = 0): Generator<string> {
  if (depth > deepest) return
  for (const name of holders) {
    const value = json[name]
    if (typeof value === "string" && value.length > 8) yield value
  }
  for (const value of Object.values(json)) {
    for (const inner of Array.isArray(value) ? value.slice(0, 20) : [value])
      if (isObject(inner)) yield* textsIn(inner, depth + 1)
  }
}

/** Reads the JSON error that a Lambda function returns (docs.aws.amazon.com/lambda, "Lambda function errors"). */
const readFunction = (json: Json, readText: Reader): Recognized | undefined => {
  const [type, message] = [text(json, "errorType"), text(json, "errorMessage")]
  if (type === undefined || message === undefined) return undefined
  const found = readText(`${type}: ${message}`)
  return found === undefined ? undefined : { ...found, as: `${found.as}, in a function's error` }
}

/** Reads the object's first string that has an unambiguous format. `readForm` reads documents and exceptions. */
export const read = (json: Json, readText: Reader, readForm: Reader): Recognized | undefined => {
  const ofFunction = readFunction(json, readText)
  if (ofFunction !== undefined) return ofFunction
  return inForm(json, readForm)
}

/** Reads the object's first string that is a document or an exception of an SDK. */
export const inForm = (json: Json, readForm: Reader): Recognized | undefined => {
  // An OAuth error has its own members, and its message needs no further reading.
  if ("error_description" in json || "error_uri" in json) return undefined
  for (const one of textsIn(json)) {
    const found = readForm(one)
    if (found !== undefined) return { ...found, as: `${found.as}, in an application's JSON` }
  }
  return ofStorage(json)
}

/**
 * Reads a message of S3 that an application repeats: in an error with a stack, or after words of its own. A storage sends the
 * message alone.
 */
const ofStorage = (json: Json): Recognized | undefined => {
  const hasStack = text(json, "stack", "trace", "stackTrace") !== undefined
  for (const message of textsIn(json)) {
    const sentence = sentenceIn(message)
    if (sentence === undefined || /^access denied\b/i.test(sentence.message)) continue
    if (!hasStack && message.trimStart().startsWith(sentence.message.slice(0, 20))) continue
    return {
      exchange: { response: { ...assumed(sentence.status), body: documentOf(sentence.code, sentence.message) } },
      as: `an S3 message that S3 sends with the code ${sentence.code}, in an application's JSON`,
    }
  }
  return undefined
}
