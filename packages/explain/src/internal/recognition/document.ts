/**
 * Reads input that consists only of a response body in XML or HTML.
 */
import { statusOf } from "./codes.ts"
import { assumed } from "./recognized.ts"
import type { Found, Problem } from "./whole.ts"

/** The strings that open and close each construct that may precede the root element. */
const beforeRoot = [
  ["<?", "?>"],
  ["<!--", "-->"],
  ["<!", ">"],
] as const

/**
 * Returns the name of the root element without its namespace prefix. A regular expression for the prologue could cause
 * excessive backtracking.
 */
const rootOf = (text: string): string => {
  let at = 0
  while (true) {
    while (/\s/.test(text.charAt(at))) at++
    const found = beforeRoot.find(([begin]) => text.startsWith(begin, at))
    if (found === undefined) break
    const end = text.indexOf(found[1], at + found[0].length)
    if (end === -1) return ""
    at = end + found[1].length
  }
  return /^<(?:[\w-]+:)?([\w-]+)/.exec(text.slice(at, at + longestName))?.[1] ?? ""
}

const longestName = 200

/** Reads a document according to its root element. For a document of an unknown kind, the result is a problem. */
export const read = (text: string): Found | Problem => {
  const root = rootOf(text)
  if (/^(?:html|head|body|meta|script|title)$/i.test(root)) return readPage(text)
  if (/^(?:Errors?|ErrorResponse|Response)$/i.test(root)) {
    const [, code = ""] = /<(?:[\w-]{1,40}:)?code>([^<]{1,200})</i.exec(text) ?? []
    return {
      exchange: {
        response: { ...assumed(statusOf(code.trim())), headers: { "content-type": "application/xml" }, body: text },
      },
      as: "an XML error document",
    }
  }
  // S3 sends these only with a success.
  if (/^(?:PostResponse|\w+Result)$/.test(root)) {
    return {
      exchange: { response: { status: 200, body: text } },
      as: "a storage's response to a successful request",
    }
  }
  return {
    _tag: "Problem",
    problem:
      root === ""
        ? "is not a document"
        : `is XML, but the root element <${root.slice(0, 40)}> does not belong to an error document`,
  }
}

/**
 * Reads a page. The title of an error page contains a status. Any other page from an API is assumed to have a success status.
 */
const readPage = (body: string): Found => {
  const [, status] = /<(?:title|h1)[^>]*>[^<]*?\b([45]\d\d)\b/i.exec(body) ?? []
  const headers = { "content-type": "text/html" }
  const known = status === undefined ? { status: 200, isStatusAssumed: true } : { status: Number(status) }
  return { exchange: { response: { ...known, headers, body } }, as: "an HTML page" }
}
