/**
 * Text as people paste it: the readers of each kind, in the order of how much they keep of the exchange.
 */
import * as Call from "./program/call.ts"
import * as Client from "./client.ts"
import * as Console from "./console.ts"
import * as Done from "./tools/done.ts"
import * as Embedded from "./json/embedded.ts"
import * as Logger from "./logger.ts"
import * as OAuth from "./oauth.ts"
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

/** The characters that are looked at: the end of a log tells more than its start. */
const longest = 256 * 1024

/** Objects of JSON in other text; the last one that is an error counts, as in a log. */
const readObjects: Reader = (text) => {
  for (const { around, json } of Embedded.find(text).toReversed()) {
    const found = ObjectOf.embedded(json, around, read)
    if (found !== undefined) return found
  }
  return undefined
}

/** Objects in which a client keeps request and answer: they tell more than the sentence above them. */
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

/** Readers that a part of a sentence suffices: of a text that a terminal has wrapped, only once nothing else was found. */
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

/** What a text inside an application's own error is read as: the forms that can be nothing else. */
export const readForm: Reader = (inner) => {
  const text = Text.clean(inner)
  return Xml.read(text) ?? Sdk.readForm(text) ?? Tool.readUnsent(text)
}

/** Reads a text that has been cleaned. */
export const read = (text: string): Recognized | undefined => {
  const found = by(readers, text)
  if (found !== undefined) return found
  const unwrapped = Text.unwrapped(text)
  return (unwrapped === undefined ? undefined : by(readers, unwrapped)) ?? by(ofFragments, unwrapped ?? text)
}

const by = (some: ReadonlyArray<Reader>, text: string): Recognized | undefined => {
  for (const reader of some) {
    const found = reader(text)
    if (found !== undefined) return withSentence(found, text)
  }
  return undefined
}

/** Clients that keep the status alone often stand in a text that has the sentence of the answer, too. */
const withSentence = (found: Recognized, text: string): Recognized => {
  const { response } = found.exchange
  if (response === undefined || response.body !== undefined || response.status < 400) return Prose.complete(found, text)
  const sentence = sentenceIn(text)
  if (sentence?.status !== response.status) return Prose.complete(found, text)
  const body = documentOf(sentence.code, sentence.message)
  return { ...found, exchange: { ...found.exchange, response: { ...response, body } } }
}

/** Reads a paste: the blocks between its fences first, then all of it. */
export const recognize = (pasted: string): Recognized | undefined => {
  const text = Text.clean(pasted.slice(-longest))
  for (const block of Text.fenced(text)) {
    const found = read(block)
    if (found !== undefined) return found
  }
  return read(text)
}
