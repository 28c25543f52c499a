/**
 * The members of an OAuth server's answer, however the server wrote it down.
 *
 * RFC 6749 asks for a JSON object. Providers also send forms (GitHub, without an `accept` header), JSON behind a guard
 * against inclusion (`)]}'`, `for(;;);`), JSON as the argument of a function (QQ), JSON inside a JSON string, and the tokens
 * one level down (`authed_user` of Slack, `data` of TikTok).
 */
import * as PartialJson from "./partialJson.ts"

/** An answer that has members. */
export interface Fields {
  /** The whole answer. */
  readonly value: unknown
  /** Whether the answer ended where its own syntax says: otherwise members may be missing. */
  readonly whole: boolean
}

/** What may stand before the JSON of an answer: a guard, or the name of a function. Never a page. */
const guard = /^[\w$.\s)([\]}'",;:!/*&]{0,64}?(?=\{)/

const form = /^[\w.~%+-]+=[^<>{}]*$/

/**
 * Reads the text of an answer; `undefined` when it has no members.
 *
 * `complete` says whether the text is all that the server sent, as far as HTTP can tell.
 */
export const read = (text: string, complete: boolean): Fields | undefined => {
  const clean = text.replaceAll("\0", " ").trim()
  const json = parse(clean)
  if (isHolder(json)) return { value: json, whole: true }
  if (typeof json === "string" && json.length < clean.length) return read(json, complete)
  const start = guard.exec(clean)?.[0].length
  if (start !== undefined) return PartialJson.read(clean, start)
  return form.test(clean) ? readForm(clean, complete) : undefined
}

/** So many pairs are read: an answer has a handful, and reading thousands takes more than their number. */
const mostPairs = 1000

const readForm = (text: string, complete: boolean): Fields => {
  const pairs = [...new URLSearchParams(text.split("&", mostPairs).join("&"))]
  // The last value of a text that was cut may be half of one.
  const kept = complete ? pairs : pairs.slice(0, -1)
  return { value: Object.fromEntries(kept), whole: complete }
}

/** How many objects and lists are looked through for a member: an answer has a handful. */
const most = 64

/**
 * The object that has a text under `name`: the answer itself, or the first one inside it, level by level.
 */
export const holder = ({ value }: Fields, name: string): object | undefined => {
  const queue = [value]
  for (let n = 0; n < queue.length && n < most; n++) {
    const one = queue[n]
    if (!isHolder(one)) continue
    if (text(one, name) !== undefined) return one
    queue.push(...Object.values(one).filter(isHolder).slice(0, most))
  }
  return undefined
}

/** A member by its name, also in the spelling of providers that write `accessToken`. Never an inherited one. */
export const member = (object: object, name: string): unknown => {
  if (Object.hasOwn(object, name)) return Reflect.get(object, name)
  const camel = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
  return Object.hasOwn(object, camel) ? Reflect.get(object, camel) : undefined
}

/** A member that is a text, without the blanks around it; an empty one is none. */
export const text = (object: object, name: string): string | undefined => {
  const value = member(object, name)
  if (typeof value !== "string") return undefined
  const trimmed = value.trim()
  return trimmed === "" ? undefined : trimmed
}

const isHolder = (value: unknown): value is object => typeof value === "object" && value !== null

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
