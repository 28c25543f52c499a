/**
 * Reads pasted text. The readers are ordered by how much of the exchange they preserve.
 */
import * as Call from "./program/call.ts"
import * as Client from "./client.ts"
import * as Command from "./tools/command.ts"
import * as Console from "./console.ts"
import * as Done from "./tools/done.ts"
import * as Embedded from "./json/embedded.ts"
import * as Logger from "./logger.ts"
import * as OAuth from "./oauth.ts"
import * as Foreign from "./foreign.ts"
import * as Library from "./library.ts"
import * as ObjectOf from "./json/object.ts"
import type { Reader, Recognized } from "./recognized.ts"
import * as Refused from "./refused.ts"
import * as Prose from "./prose.ts"
import * as Registry from "./tools/registry.ts"
import * as Router from "./program/router.ts"
import * as Sdk from "./sdk/exception.ts"
import * as State from "./tools/state.ts"
import { documentOf } from "./sdk/exception.ts"
import { sentenceIn } from "./sdk/sentences.ts"
import * as Text from "./text.ts"
import * as Tool from "./tools/tool.ts"
import * as Transcript from "./transcript.ts"
import * as Unanswered from "./unanswered.ts"
import * as Words from "./words.ts"
import * as Xml from "./xml.ts"

/**
 * The maximum number of characters to read, counted from the end, because the end of a log is more specific than its start.
 */
const longest = 256 * 1024

/**
 * Reads JSON objects that are embedded in other text. If the text contains several errors, the last error is used, as in a
 * log.
 */
const readObjects: Reader = (text) => {
  for (const { around, json } of Embedded.find(text).toReversed()) {
    const found = ObjectOf.embedded(json, around, read, readForm)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Reads objects in which a client stores both the request and the response. An object with a request and a response contains
 * more information than the message above the object.
 */
const readKept: Reader = (text) => {
  for (const { around, json } of Embedded.find(text).toReversed()) {
    const found = ObjectOf.kept(json, around)
    if (found?.exchange.response?.body !== undefined) return found
  }
  return undefined
}

const readers: ReadonlyArray<Reader> = [
  Tool.readWgetHeaders,
  Logger.read,
  Transcript.read,
  Console.read,
  Xml.read,
  OAuth.readEnd,
  State.read,
  Tool.readAnswered,
  Registry.read,
  Router.read,
  readKept,
  Library.read,
  Call.readHandshake,
  Call.readPush,
  Call.readNpm,
  Call.readFramework,
  Call.readAzure,
  Client.readAnswered,
  readObjects,
  Tool.readUnsent,
  OAuth.readThrown,
  Sdk.read,
  OAuth.read,
]

/**
 * Readers that match only part of a message. The fragment readers receive the text, without the line breaks added by a
 * terminal, only if no other reader matches it.
 */
const ofFragments: ReadonlyArray<Reader> = [
  Refused.readLine,
  Unanswered.read,
  Call.readParser,
  Call.readRpc,
  Words.read,
  Refused.read,
  Call.readPhrase,
  Done.read,
  Client.readPool,
  Prose.read,
]

/** Reads the text that an application includes in its own error. Only unambiguous formats are accepted. */
export const readForm: Reader = (inner) => {
  const text = Text.clean(inner)
  return Xml.read(text) ?? Sdk.readForm(text) ?? Tool.readUnsent(text)
}

/** Reads cleaned text. */
export const read = (text: string): Recognized | undefined => {
  const found = by(readers, text)
  if (found !== undefined) return found
  const unwrapped = Text.unwrapped(text)
  return (unwrapped === undefined ? undefined : by(readers, unwrapped)) ?? by(ofFragments, unwrapped ?? text)
}

const by = (some: ReadonlyArray<Reader>, text: string): Recognized | undefined => {
  for (const reader of some) {
    const found = reader(text)
    if (found !== undefined) return Command.complete(withSentence(withDocument(found, text), text), text)
  }
  return undefined
}

/**
 * Adds the document that appears below a browser console line, because the console line contains only the status.
 */
const withDocument = (found: Recognized, text: string): Recognized => {
  const { response } = found.exchange
  if (response === undefined || response.body !== undefined || response.status < 400) return found
  const body = Xml.find(text)?.document
  return body === undefined ? found : { ...found, exchange: { ...found.exchange, response: { ...response, body } } }
}

/** Adds the message of the response, found in the surrounding text, to a client error that contains only the status. */
const withSentence = (found: Recognized, text: string): Recognized => {
  const { response } = found.exchange
  if (response === undefined || response.body !== undefined || response.status < 400) return Prose.complete(found, text)
  const sentence = sentenceIn(text)
  if (sentence?.status !== response.status) return Prose.complete(found, text)
  const body = documentOf(sentence.code, sentence.message)
  return { ...found, exchange: { ...found.exchange, response: { ...response, body } } }
}

/** Reads pasted text, first its fenced blocks and then the complete text. */
export const recognize = (pasted: string): Recognized | undefined => {
  const text = Text.unboxed(Text.clean(pasted.slice(-longest)))
  if (Foreign.isForeign(text)) return undefined
  for (const block of Text.fenced(text)) {
    const found = read(block)
    if (found !== undefined) return found
  }
  const last = Text.withoutRetries(text)
  return (last === undefined ? undefined : by(readers, last)) ?? read(text)
}
