/**
 * Errors of a sign-in in lines of prose, without a code: what the library of a client says, and what a program prints of the answer to
 * its request for tokens.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ClientWords from "../words/client.ts"
import * as Sentences from "../words/sentences.ts"

/** So many lines are looked at, from the end of a log. */
const most = 400

/** What a program was doing, and after a colon or an equals sign the words of the server. */
const request =
  /\b(?:access token|refresh[- ]token|the token|tokens?|oauth|sign-?in|authenticat\w{1,4}|authori[sz]ation code)\b[^:\n]{0,60}(?:fail\w{0,4}|error\w{0,2}|due to|because|refused|could ?n[o']t|unable|rejected)?[^:\n]{0,60}[:=] ?([^\n]{3,500})$/i

/** The barest exchange that says what a line of the text says. */
export const read = (text: string): Exchange | undefined => {
  const lines = text.split("\n").slice(-most)
  const failure = lines.findLast((line) => ClientWords.causeOf(line.trim()) !== undefined)?.trim()
  if (failure !== undefined) return { failure: failure.slice(0, 600) }
  const said = lines
    .map((line) => request.exec(line.slice(0, 1000))?.[1]?.trim())
    .findLast((words) => words !== undefined && Sentences.atEndpoint(words) !== undefined)
  if (said === undefined) return undefined
  const body = JSON.stringify({ error: "invalid_grant", error_description: said })
  return { response: { status: 400, isStatusAssumed: true, body } }
}
