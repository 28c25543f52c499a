/**
 * The members of an OAuth server's response, in any of the formats that providers send.
 *
 * RFC 6749 requires a JSON object. Providers also send forms (GitHub, without an `accept` header), JSON behind a prefix
 * that keeps it from running as a script (`)]}'`, `for(;;);`), JSON as the argument of a function (QQ), JSON inside a JSON
 * string, JSON after the
 * warnings of a script, and the tokens one level down (`authed_user` of Slack, `data` of TikTok).
 */
import * as PartialJson from "./partialJson.ts"

/** A response that has members. */
export interface Members {
  /** The complete response. */
  readonly value: unknown
  /** Whether the response is syntactically complete. Otherwise members may be missing. */
  readonly whole: boolean
}

/** The text that may precede the JSON: a prefix, or the name of a function. Never markup. */
const prefix = /^[\w$.\s)([\]}'",;:!/*&]{0,64}?(?=\{)/

const form = /^[\w.~%+-]+=[^<>{}]*$/

/** A member that occurs only in a sign-in response. */
const granted = /"(?:access_?token|device_?code)"\s*:/i

/** Distinguishes the beginning of an object from a page. Tokens in a page belong to its script, not to the device. */
const opening = /\{\s*"/
const page = /<(?:!doctype|html|head|body|script|meta)\b/i

/** The maximum length of the text that is skipped before the JSON of a response: a few warnings. */
const longestPrefix = 16 * 1024

/**
 * Reads the text of a response; `undefined` if it has no members.
 *
 * `complete` states whether HTTP delivered the whole body.
 */
export const read = (text: string, complete: boolean): Members | undefined => {
  const clean = text.replaceAll("\0", " ").trim()
  const json = parse(clean)
  if (isHolder(json)) return { value: json, whole: true }
  if (typeof json === "string" && json.length < clean.length) return read(json, complete)
  const start = prefix.exec(clean)?.[0].length
  if (start !== undefined) return PartialJson.read(clean, start)
  return form.test(clean) ? readForm(clean, complete) : readBehind(clean)
}

/** The JSON after text that a server wrote by mistake, such as the warnings of PHP. */
const readBehind = (text: string): Members | undefined => {
  const start = text.slice(0, longestPrefix).search(opening)
  if (start === -1 || page.test(text.slice(0, start)) || !granted.test(text)) return undefined
  return PartialJson.read(text, start)
}

/** The maximum number of pairs that are read. A response has few, and the time for reading thousands is not linear. */
const mostPairs = 1000

/** Some servers send the `+` of Base64 unencoded. In a form it means a space, which no token contains. */
const unencoded = /^(?:access_?token|refresh_?token|device_?code)=/i

const readForm = (text: string, complete: boolean): Members => {
  const written = text
    .split(/[&\r\n]+/, mostPairs)
    .map((pair) => (unencoded.test(pair) ? pair.replaceAll("+", "%2B") : pair))
  const pairs = [...new URLSearchParams(written.join("&"))]
  // The last value of a truncated text may be incomplete.
  const kept = complete ? pairs : pairs.slice(0, -1)
  return { value: Object.fromEntries(kept), whole: complete }
}

/** The maximum number of objects and lists that are searched for a member. A response has few. */
const most = 64

/**
 * The object that has a string under `name`: the response itself, or the first nested object, level by level.
 */
export const holder = ({ value }: Members, name: string): object | undefined => {
  const queue = [value]
  for (let n = 0; n < queue.length && n < most; n++) {
    const one = queue[n]
    if (!isHolder(one)) continue
    if (text(one, name) !== undefined) return one
    queue.push(...Object.values(one).filter(isHolder).slice(0, most))
  }
  return undefined
}

/**
 * Reads a member by its name, also in spellings such as `accessToken` or `AccessToken` (Cognito). Inherited members do
 * not count.
 */
export const member = (object: object, name: string): unknown => {
  if (Object.hasOwn(object, name)) return Reflect.get(object, name)
  if (Array.isArray(object)) return undefined
  const wanted = letters(name)
  const spelling = Object.keys(object).find((key) => key.length <= name.length && letters(key) === wanted)
  return spelling === undefined ? undefined : Reflect.get(object, spelling)
}

/** Normalizes a name: without case and separators. */
const letters = (name: string): string => name.replaceAll(/[_-]/g, "").toLowerCase()

/** Reads a member that is a string, trimmed; `undefined` if it is empty. */
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
