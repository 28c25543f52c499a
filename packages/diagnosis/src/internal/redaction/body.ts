/**
 * Redacts a body according to its format. The supported formats are JSON, XML, HTML, encoded forms and plain text.
 */
import * as Mark from "./mark.ts"
import * as Markup from "./markup.ts"
import type { Redact, Text } from "./text.ts"

/** The functions that redact the values of a body. */
export interface On {
  /** Redacts the fields of JSON documents. */
  readonly member: Redact
  /**
   * The names of response fields whose objects map request field names to messages. An example is
   * `{"errors":{"Email":["The Email field is required."]}}`.
   */
  readonly saying?: ReadonlySet<string>
  readonly field: Redact
  readonly element: Redact
  /** Redacts text that is not a document. */
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

/**
 * Returns the beginning of text in an unknown format. The returned part is long enough to identify the intermediary that
 * wrote the text.
 */
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

/** The maximum nesting depth. API documents are not nested this deeply, and the depth is far below the stack limit. */
const deepest = 200

/** The maximum nesting depth of documents inside documents. Each document is longer than the documents that it contains. */
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

/** Whether a value looks like a form validation message, with words separated by spaces. */
const isSaid = (value: unknown): boolean =>
  (Array.isArray(value) ? value : [value]).every(
    (one) => typeof one === "string" && /^[^\s\d]+(?: [^\s]+){2}/.test(one),
  )

/** Redacts JSON that is truncated or malformed. Each string or word is redacted according to the name that precedes it. */
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
