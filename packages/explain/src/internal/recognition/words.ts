/**
 * Reads short text that consists of a code, a status with a code, or a message that contains a code.
 */
import type { Exchange, Response } from "@holdfast/diagnosis/Exchange"
import * as Http from "@holdfast/http/Diagnosis"
import * as Around from "./around.ts"
import { exchangeOf } from "./codes.ts"
import { bodyIn } from "./json/apiError.ts"
import { documentOf } from "./sdk/exception.ts"
import * as Refused from "./refused.ts"
import type { Recognized } from "./recognized.ts"

/** The maximum number of codes that are looked up, counted from the start of the text. */
const most = 200

const words = /[A-Za-z][A-Za-z0-9_]{2,80}/g

/** Checks whether a word can be a code. Codes use CamelCase, capital letters or snake_case, which are rare in prose. */
const isCode = (word: string): boolean => /[a-z][A-Z]|^[A-Z][A-Z0-9_]+$|[a-z]_[a-z]/.test(word)

/**
 * The maximum length of text in which each word is looked up together with its neighboring words, as in
 * `signature does not match`.
 */
const short = 200

/** The maximum number of words in a failure that is spelled out, such as `connection reset by peer`. */
const mostOfFailure = 4

/** Returns the codes that short text may contain, in any letter case or spelled out as words. */
const spelled = (text: string): ReadonlyArray<string> => {
  if (text.length > short) return []
  const all = text.match(/[A-Za-z][A-Za-z0-9_]{1,40}/g) ?? []
  return all.flatMap((_, start) =>
    [5, 4, 3, 2, 1].flatMap((count) => {
      const some = all.slice(start, start + count)
      // A single lowercase word of prose is not a code: `error`, `timeout`.
      if (some.length < count || (count === 1 && all.length > 1)) return []
      return count === 1 ? some : [some.join(""), some.join("_"), some.join(" ")]
    }),
  )
}

const codesIn = (text: string): ReadonlyArray<string> =>
  [...new Set(withoutFrames(text).match(words))].filter(isCode).slice(0, most)

/**
 * Removes stack frames from text. Python prints two lines for each frame, and the second line is source code. JavaScript,
 * Java and .NET begin each frame with `at …`. Frames from Ruby are also removed. The names of variables and methods in a
 * stack frame do not describe the failure.
 */
export const withoutFrames = (text: string): string => {
  let isInFrame = false
  return text
    .split("\n")
    .filter((line) => {
      const isFrame =
        /^[ \t]{0,16}(?:File "[^"]{1,500}", line \d|at [\w.$<>[\]]{1,200}[ (]|from \/?[\w./-]{1,300}:\d)/.test(line)
      const isSource = isInFrame && /^[ \t]{4}/.test(line)
      isInFrame = isSource || (isFrame && line.includes(", line "))
      return !isFrame && !isSource
    })
    .join("\n")
}

/** Matches the output that the Vault command prints for a failed response. */
const vault = /\bCode: ([45]\d\d)\. Errors:\s{1,4}\* (?:\d{1,3} errors? occurred:\s{1,8}\* )?([^\n]{3,500})/

/** Reads the output of the Vault command. */
const readVault = (text: string): Recognized | undefined => {
  const [, status, sentence] = vault.exec(text) ?? []
  if (status === undefined) return undefined
  const request = Around.requestIn(text)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        status: Number(status),
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ errors: [sentence] }),
      },
    },
    as: "the Vault command's report about a response",
  }
}

/** Reads the first code that is in any vendor's table, or else a status without a code. */
export const read = (text: string): Recognized | undefined => {
  const ofVault = readVault(text)
  if (ofVault !== undefined) return ofVault
  const stated = Around.statusIn(text) ?? bareStatus(text)
  // Compound words in prose may be a vendor's code, but count as a failure only if the text has no other words.
  const isProse = (text.match(words) ?? []).length > mostOfFailure
  const written = codesIn(text)
  for (const word of [...written, ...(Refused.isIn(text) ? [] : spelled(text))]) {
    const exchange = exchangeOf(word)
    if (exchange?.failure !== undefined && isProse && !written.includes(word)) continue
    // Words that were joined are no code if the sentence itself states the failure.
    if (exchange?.failure !== undefined && !text.includes(word) && Http.saysWhy(text.trim()))
      return { exchange: withText({ failure: text.trim() }, text, stated), as: "a network failure" }
    if (exchange !== undefined)
      return { exchange: withText(withSentence(exchange, word, text), text, stated), as: `the error code ${word}` }
  }
  if (stated === undefined || stated < 300) return undefined
  const request = Around.requestIn(text)
  const said = saidBehind(text, stated)
  return {
    exchange: { ...(request === undefined ? {} : { request }), response: { status: stated, ...said } },
    as: said === undefined ? `the status ${stated} alone` : `the status ${stated} and a message`,
  }
}

/** Returns the document in the text, or else the message after the status. */
const saidBehind = (text: string, status: number): Pick<Response, "headers" | "body"> | undefined => {
  const body = bodyIn(text)
  if (body !== undefined) return { headers: { "content-type": "application/json" }, body }
  const sentence = sentenceBehind(text, status)
  return sentence === undefined ? undefined : { headers: { "content-type": "text/plain" }, body: sentence }
}

/** The maximum number of occurrences of a status that are inspected. */
const mostPlaces = 5

/**
 * Finds the message after a status, as in `(403): 403 Invalid scope(s): …`. The reason phrase of the status itself is not
 * part of the message.
 */
const sentenceBehind = (text: string, status: number): string | undefined => {
  let at = text.indexOf(String(status))
  for (let place = 0; at !== -1 && place < mostPlaces; place++) {
    const found = sentenceIn(text.slice(at + 3, at + 600).split("\n")[0] ?? "")
    if (found !== undefined) return found
    at = text.indexOf(String(status), at + 3)
  }
  return undefined
}

const sentenceIn = (line: string): string | undefined => {
  const sentence = line
    .replace(/^[\s"'`:;,.()[\]-]{0,8}/, "")
    .replace(
      /^(?:Bad Request|Unauthorized|Forbidden|Not Found|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable)\b[\s"'`:;,.()[\]-]{0,8}/i,
      "",
    )
    .replace(/["')\]\s]{1,6}$/, "")
    // Perl and similar languages print the location of the failure.
    .replace(/(?:^| )at \S{1,300} line \d{1,9}\.?$/, "")
  const isRequest = /^(?:(?:GET|HEAD|PUT|POST|DELETE|PATCH) |in (?:[A-Z]:\\|\/))/.test(sentence)
  return !isRequest && /[a-z]{2}.{0,60} .{0,60}[a-z]{2}/i.test(sentence) && sentence.length >= 12 ? sentence : undefined
}

/**
 * Builds the document for an error code from the message that follows the code, as in `InvalidArgument: …`.
 */
const withSentence = (exchange: Exchange, word: string, text: string): Exchange => {
  const { response } = exchange
  if (response?.body?.startsWith("<Error>") !== true) return exchange
  const behind = text.slice(text.indexOf(word) + word.length)
  const [, sentence] = /^["')\]]{0,2}(?: -|:|,)[ \t]{1,3}["']?([^\n"<>]{3,500})/.exec(behind) ?? []
  return sentence === undefined
    ? exchange
    : { ...exchange, response: { ...response, body: documentOf(word, sentence.trim()) } }
}

/** Reads a status at the start of short text, such as `403 Forbidden AccessDenied`. */
const bareStatus = (text: string): number | undefined => {
  const [, status] = text.length > 200 ? [] : (/^\s{0,8}([45]\d\d)\b/.exec(text) ?? [])
  return status === undefined ? undefined : Number(status)
}

const withText = (exchange: Exchange, text: string, status: number | undefined): Exchange => {
  const { response } = exchange
  const request = Around.requestIn(text)
  const { isStatusAssumed: _, ...answer } = response ?? { status: 0 }
  return {
    ...exchange,
    ...(request === undefined ? {} : { request }),
    ...(response === undefined || status === undefined ? {} : { response: { ...answer, status } }),
  }
}
