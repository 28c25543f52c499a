/**
 * Redacts complete or truncated XML documents and HTML pages without building a tree.
 */
import * as Mark from "./mark.ts"
import type { Redact, Text } from "./text.ts"

/** Whether a document is an HTML page. */
export const isPage = (document: string): boolean =>
  /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)?<(?:!doctype html|html|head|body|title|meta|script|h\d|p|div|center)\b/i.test(
    document,
  )

/** A piece of markup. */
type Piece =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Open"; readonly name: string; readonly attributes: string; readonly empty: boolean }
  | { readonly _tag: "Close"; readonly name: string }
  | { readonly _tag: "Start"; readonly text: string }

/**
 * Redacts an XML document. Text is redacted according to the name of its element, and attributes according to their own
 * names.
 *
 * **Details**
 *
 * Comments and processing instructions are dropped. An incomplete piece at the end of a truncated document is also dropped.
 * CDATA sections are converted to text.
 */
export const xml = (document: string, element: Redact): string => {
  const open: Array<string> = []
  // How often each name is open. An end tag is searched for only if its name is open.
  const counts = new Map<string, number>()
  // Documents repeat themselves, so the result for a text is reused.
  const known = new Map<string, string>()
  const redacted = (name: string, text: string): string => {
    const key = text.length > mostKnown ? undefined : `${name} ${text}`
    const before = key === undefined ? undefined : known.get(key)
    if (before !== undefined) return before
    const now = textOf(text, (one) => element(local(name), one))
    if (key !== undefined) known.set(key, now)
    return now
  }
  let clean = ""
  for (const piece of cut(document)) {
    switch (piece._tag) {
      case "Text": {
        clean += redacted(open.at(-1) ?? "", piece.text)
        break
      }
      case "Open": {
        if (!piece.empty) {
          open.push(piece.name)
          counts.set(piece.name, (counts.get(piece.name) ?? 0) + 1)
        }
        clean += `<${piece.name}${attributesOf(piece.attributes, element)}${piece.empty ? "/" : ""}>`
        break
      }
      case "Close": {
        for (let last; (counts.get(piece.name) ?? 0) > 0 && last !== piece.name;) {
          last = open.pop() ?? piece.name
          counts.set(last, (counts.get(last) ?? 0) - 1)
        }
        clean += `</${piece.name}>`
        break
      }
      case "Start": {
        clean += piece.text
        break
      }
    }
  }
  return clean
}

/** The maximum length, in characters, of text whose redacted form is cached. */
const mostKnown = 64

/**
 * Redacts an HTML page. The text of the page is redacted as free text, attributes remain visible only if they show the kind
 * of page, and the contents of scripts are removed.
 */
export const html = (page: string, text: Text, hide: (secret: string) => string): string => {
  let clean = ""
  let silent: string | undefined
  for (const piece of cut(page)) {
    if (clean.length > enough) return clean
    if (silent !== undefined) {
      if (piece._tag === "Close" && piece.name.toLowerCase() === silent) silent = undefined
      else continue
    }
    switch (piece._tag) {
      case "Text": {
        clean += textOf(piece.text, (one) => text.free(one))
        break
      }
      case "Open": {
        const name = piece.name.toLowerCase()
        if (!piece.empty && (name === "script" || name === "style")) silent = name
        clean += `<${piece.name}${attributesOf(piece.attributes, (attribute, value) => {
          if (/^(?:action|content|href|src)$/.test(attribute)) return text.visible("", value)
          return /^(?:charset|class|http-equiv|id|lang|method|name|rel|type)$/.test(attribute)
            ? text.visible("", value)
            : hide(value)
        })}${piece.empty ? "/" : ""}>`
        break
      }
      case "Close": {
        clean += `</${piece.name}>`
        break
      }
      case "Start": {
        clean += piece.text
        break
      }
    }
  }
  return clean
}

/** The number of characters of a page to keep, which is enough to identify the intermediary that generated the page. */
const enough = 2000

/** Returns the name without its namespace prefix. */
const local = (name: string): string => name.replace(/^.*:/, "")

/**
 * Splits a document into pieces in one pass. If a tag is not closed, the rest of the document is ignored.
 *
 * Text that is interrupted by a comment, an instruction or a section is returned as one piece. If the text were split at the
 * interruption, removing the interruption could reassemble a secret.
 */
function* cut(document: string): Generator<Piece> {
  let at = 0
  let text = ""
  while (at < document.length) {
    const next = document.indexOf("<", at)
    text += document.slice(at, next === -1 ? undefined : next)
    if (next === -1) break
    const [begin, end] = brackets.find(([opening]) => document.startsWith(opening, next)) ?? ["<", ">"]
    const close = document.indexOf(end, next + begin.length)
    const inner = document.slice(next + begin.length, close === -1 ? undefined : close)
    if (begin === "<![CDATA[") text += encoded(inner)
    if (close === -1) break
    at = close + end.length
    const piece = pieceOf(begin, inner)
    if (piece?._tag === "Text") text += piece.text
    else if (piece !== undefined) {
      if (text !== "") yield { _tag: "Text", text }
      text = ""
      yield piece
    }
  }
  if (text !== "") yield { _tag: "Text", text }
}

const pieceOf = (begin: string, inner: string): Piece | undefined => {
  if (begin === "<?" && /^xml\s/i.test(inner)) return { _tag: "Start", text: declaration(inner) }
  if (begin === "<!" && /^doctype\s+html\b/i.test(inner)) return { _tag: "Start", text: "<!DOCTYPE html>" }
  if (begin === "</") return { _tag: "Close", name: inner.trim() }
  if (begin !== "<") return undefined
  const [, name = "", attributes = "", empty] = /^([^\s/>]+)(.*?)(\/?)$/s.exec(inner) ?? []
  // A `<` that begins no tag is text.
  if (!/^[\p{L}_]/u.test(name)) return { _tag: "Text", text: `&lt;${inner}&gt;` }
  return { _tag: "Open", name, attributes, empty: empty === "/" }
}

/**
 * The strings that open and close each kind of piece. Each opening string is listed before any shorter string that is its
 * prefix.
 */
const brackets = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<!", ">"],
  ["<?", "?>"],
  ["</", ">"],
] as const

/** Redacts text in its decoded form, so that a secret matches its other occurrences. Spaces around the text are kept. */
const textOf = (raw: string, redact: (text: string) => string): string => {
  const text = raw.trim()
  if (text === "") return raw
  const value = plain(text)
  const clean = redact(value)
  const start = raw.indexOf(text)
  return clean === value ? raw : raw.slice(0, start) + encoded(clean) + raw.slice(start + text.length)
}

const attributesOf = (attributes: string, redact: Redact): string =>
  attributes.trim() === "" ? "" : attributesWith(attributes, redact)

const attributesWith = (attributes: string, redact: Redact): string =>
  Array.from(
    attributes.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?/g),
    ([, name = "", quoted]: ReadonlyArray<string | undefined>) => {
      if (quoted === undefined) return ` ${name.slice(0, 20)}`
      const value = plain(quoted.replace(/^(["'])(.*)\1$/s, "$2"))
      const clean =
        /^xmlns(?::|$)/i.test(name) && namespace.test(value) ? value : redact(local(name).toLowerCase(), value)
      return ` ${name}="${encoded(clean).replaceAll('"', "&quot;")}"`
    },
  ).join("")

/** Matches namespace names, which are URNs or URLs without a query. Other values may be private. */
const namespace = /^(?:https?:\/\/[\w.-]{1,100}(?:\/[\w.#-]{0,40}){0,8}|urn:[\w:.-]{1,100})$/

/** Keeps only the version, the encoding and the standalone flag of an XML declaration. */
const declaration = (text: string): string =>
  `<?xml${Array.from(text.matchAll(/\s(version|encoding|standalone)\s*=\s*(?:"[\w.-]*"|'[\w.-]*')/g), ([all]) => all).join("")}?>`

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

const plain = (text: string): string =>
  text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (all, decimal, hex, name) => {
    if (typeof name === "string") return entities[name.toLowerCase()] ?? all
    const code = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16)
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all
  })

const encoded = (text: string): string =>
  Mark.between(text, (gap) => gap.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"))
