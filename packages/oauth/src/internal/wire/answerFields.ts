/**
 * Reads the fields of an OAuth server's response, in any of the formats that providers use.
 *
 * RFC 6749 requires a JSON object. Providers also use other formats. Some providers send form-encoded bodies (GitHub, if the
 * request has no `accept` header). Others send JSON after a prefix that prevents the JSON from running as a script (`)]}'`,
 * `for(;;);`), as the argument of a function (QQ), inside a JSON string, or after warnings from a script. Other providers
 * nest the tokens one level deeper (Slack in `authed_user`, TikTok in `data`).
 */
import * as PartialJson from "./partialJson.ts"

/** A response that contains fields. */
export interface Members {
  /** The complete response. */
  readonly value: unknown
  /** Whether the response is syntactically complete. If the response is incomplete, fields may be missing. */
  readonly whole: boolean
}

/** The text that may precede the JSON, such as a prefix or the name of a function. Never markup. */
const prefix = /^[\w$.\s)([\]}'",;:!/*&]{0,64}?(?=\{)/

const form = /^[\w.~%+-]+=[^<>{}]*$/

/** Matches a field that occurs only in a sign-in response. */
const granted = /"(?:access_?token|device_?code)"\s*:/i

/**
 * Distinguishes the beginning of a JSON object from that of an HTML page. Tokens in an HTML page belong to the script of the
 * page, not to the device.
 */
const opening = /\{\s*"/
const page = /<(?:!doctype|html|head|body|script|meta)\b/i

/** The maximum length of the text that is skipped before the JSON in a response. The limit allows for a few warnings. */
const longestPrefix = 16 * 1024

/**
 * Reads the text of a response. Returns `undefined` if the text does not contain fields.
 *
 * `complete` indicates whether HTTP delivered the whole body.
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

/** Reads JSON that follows text sent by mistake, such as PHP warnings. */
const readBehind = (text: string): Members | undefined => {
  const start = text.slice(0, longestPrefix).search(opening)
  if (start === -1 || page.test(text.slice(0, start)) || !granted.test(text)) return undefined
  return PartialJson.read(text, start)
}

/**
 * The maximum number of name-value pairs to read. Responses contain few pairs, and the time to read thousands of pairs grows
 * faster than linearly.
 */
const mostPairs = 1000

/**
 * Some servers send the `+` of Base64 without encoding it. In a form, `+` represents a space, and tokens do not contain
 * spaces.
 */
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

/** The maximum number of objects and lists to search for a field. A response has few. */
const most = 64

/**
 * Finds the object that contains a string under `name`. The search starts with the response itself and continues through
 * nested objects, level by level.
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
 * Reads a field by its name. Spellings such as `accessToken` or `AccessToken` (Cognito) are also recognized. Inherited
 * properties are ignored.
 */
export const member = (object: object, name: string): unknown => {
  if (Object.hasOwn(object, name)) return Reflect.get(object, name)
  if (Array.isArray(object)) return undefined
  const wanted = letters(name)
  const spelling = Object.keys(object).find((key) => key.length <= name.length && letters(key) === wanted)
  return spelling === undefined ? undefined : Reflect.get(object, spelling)
}

/** Normalizes a name by removing separators and converting letters to lower case. */
const letters = (name: string): string => name.replaceAll(/[_-]/g, "").toLowerCase()

/**
 * Reads a string field and trims its value. Returns `undefined` if the field is not a string or the trimmed value is empty.
 */
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
