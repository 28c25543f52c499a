/**
 * Redacts bodies by their format: JSON, XML, HTML, an encoded form, or text.
 */
import * as Mark from "./mark.ts"
import * as Markup from "./markup.ts"
import type { Redact, Text } from "./text.ts"

/** The functions that redact the values of a body. */
export interface On {
  /** For members of JSON, and of encoded forms in responses. */
  readonly member: Redact
  /** Members of a response whose objects map names to messages: `{"errors":{"Email":["The Email field is required."]}}`. */
  readonly saying?: ReadonlySet<string>
  readonly field: Redact
  readonly element: Redact
  /** For a text that is not a document. */
  readonly other: (text: string) => string
  readonly text: Text
  readonly hide: (secret: string) => string
}

/** Redacts a body. */
export const redact = (body: string, contentType: string, on: On): string => {
  const text = body.trim()
  // Marks start with a bracket too, but are not JSON.
  const start = text.slice(0, 200).replaceAll("[hidden-", "(hidden-")
  if (text.startsWith("{") || /^\[(?:\s*["[\]{]|$)/.test(start) || (text.startsWith("[") && isJson(text))) {
    return json(text, on)
  }
  if (/^<[\p{L}_!?]/u.test(text))
    return Markup.isPage(text) ? Markup.html(body, on.text, on.hide) : Markup.xml(body, on.element)
  if (/^[\w.~%+[\]-]+=[^\s<>]*$/.test(text) || /^\s*application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return text
      .split("&")
      .map((pair) => (pair === "" ? pair : on.text.pair(pair, on.field)))
      .join("&")
  }
  return on.other(body)
}

/** How much of a text of unknown format is kept, in characters: enough to recognize the intermediary that wrote it. */
export const quoted = (text: string): string => Mark.beginning(text, 2000)

const json = (text: string, on: On): string => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return broken(text, on)
  }
  return JSON.stringify(valueOf(value, "", on, 0))
}

/** Deeper than any API nests, and far from the stack limit. */
const deepest = 200

/** The limit of documents nested in documents, each of which is longer than the one inside. */
const quotedDeepest = 20

const valueOf = (json: unknown, name: string, on: On, depth: number): unknown => {
  if (typeof json === "string") {
    const clean = on.member(name, json)
    // A document that an API quotes in its message has its own names.
    return Mark.isMark(clean) || !/^\s*[{[]/.test(json) || !isJson(json) || depth > quotedDeepest
      ? clean
      : JSON.stringify(valueOf(JSON.parse(json), name, on, depth + 1))
  }
  // A secret number (a PIN) is hidden like a word; a harmless one remains a number.
  if (typeof json === "number") {
    const text = String(json)
    const clean = on.member(name, text)
    return clean === text ? json : clean
  }
  if (typeof json !== "object" || json === null) return json
  if (depth > deepest) return null
  if (Array.isArray(json)) return json.map((item) => valueOf(item, name, on, depth + 1))
  const isSaying = on.saying?.has(name.toLowerCase()) === true
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      on.text.visible("", key),
      valueOf(value, isSaying && isSaid(value) ? name : key, on, depth + 1),
    ]),
  )
}

/** Whether a value is a message, as form validation writes it: words separated by spaces. */
const isSaid = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).every(
    (one) => typeof one === "string" && /^[^\s\d]+(?: [^\s]+){2}/.test(one),
  )

/** Redacts JSON that is truncated or malformed: its strings and words, by the preceding name. */
const broken = (text: string, on: On): string => {
  let name = ""
  const clean = text.replaceAll(
    /"((?:\\(?:.|$)|[^"\\])*)(?:"|$)(\s*:)?|\}|[^"{}[\],:\s]+/gs,
    (all, string: string | undefined, colon: string | undefined) => {
      if (string === undefined) {
        if (all === "}") {
          name = ""
          return all
        }
        return /^(?:true|false|null)$/.test(all) ? all : JSON.stringify(on.member(name, all))
      }
      const value = unescaped(string)
      if (colon !== undefined) {
        name = value
        return `${JSON.stringify(on.text.visible("", value))}${colon}`
      }
      return JSON.stringify(on.member(name, value))
    },
  )
  // Redaction may have made a broken document valid.
  return isJson(clean) ? json(clean, on) : clean
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const unescaped = (string: string): string => {
  try {
    const value: unknown = JSON.parse(`"${string}"`)
    return typeof value === "string" ? value : string
  } catch {
    return string
  }
}
