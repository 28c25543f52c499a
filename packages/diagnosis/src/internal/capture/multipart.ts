/**
 * Reads the parts of a `multipart/form-data` body from its bytes, even if the boundary in the header is missing or wrong.
 */
import type { FormPart } from "../../Exchange.ts"
import * as Octets from "./octets.ts"

/** The contents of a multipart body. */
export interface Multipart {
  readonly parts: ReadonlyArray<FormPart>
  /** The number of bytes that the capture omits and represents only by a placeholder. */
  readonly elided: number
}

/**
 * Reads the parts of a body, which is given as octets; returns `undefined` if the body is not a multipart form.
 *
 * **Details**
 *
 * The boundary is normally taken from the content type. If the content type has no boundary, or has a boundary that the body
 * does not use, the boundary is taken from the first line of the body. As a result, the parts that the client intended to
 * send can still be read. If a body is truncated, its last part ends where the body ends.
 */
export const read = (octets: string, contentType: string | undefined): Multipart | undefined => {
  const stated = boundaryOf(contentType ?? "")
  const pieces =
    (stated === undefined ? undefined : split(octets, stated)) ??
    (boundaryIn(octets) === undefined ? undefined : split(octets, boundaryIn(octets) ?? ""))
  if (pieces === undefined) return undefined
  const parts = pieces.map(readPart)
  return { parts: parts.map(({ part }) => part), elided: parts.reduce((sum, { elided }) => sum + elided, 0) }
}

/** The boundary in a content type. */
const boundaryOf = (contentType: string): string | undefined => {
  const [, quoted, bare] = /^\s*multipart\/[^;]*;(?:.*;)?\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? bare
  return boundary === "" ? undefined : boundary
}

/** The boundary in the first line of a body that begins like a multipart form, whatever the header says. */
const boundaryIn = (octets: string): string | undefined =>
  /^\s*--([^\r\n]{1,200})\r?\nContent-[\w-]{1,60}:/i.exec(octets)?.[1]?.trimEnd()

/** The pieces of text between the delimiters; `undefined` if there are no delimiters. */
const split = (octets: string, boundary: string): ReadonlyArray<string> | undefined => {
  const pieces: Array<string> = []
  const delimiter = `--${boundary}`
  let begin: number | undefined
  for (let at = octets.indexOf(delimiter); at !== -1; at = octets.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && octets[at - 1] !== "\n") continue
    const end = octets.indexOf("\n", at)
    const rest = octets.slice(at + delimiter.length, end === -1 ? undefined : end)
    const last = /^--\s*$/.test(rest)
    // A longer boundary that starts with this one.
    if (!last && rest.trim() !== "") continue
    if (begin !== undefined) pieces.push(octets.slice(begin, Math.max(begin, beforeBreak(octets, at))))
    begin = end === -1 || last ? octets.length : end + 1
    if (last) return pieces
  }
  if (begin === undefined) return undefined
  return begin < octets.length ? [...pieces, octets.slice(begin)] : pieces
}

/** The position at which a part ends: the line break before a delimiter belongs to the delimiter. */
const beforeBreak = (octets: string, delimiter: number): number =>
  octets[delimiter - 2] === "\r" ? delimiter - 2 : delimiter - 1

const readPart = (octets: string): { readonly part: FormPart; readonly elided: number } => {
  // A part whose head is empty begins with the blank line.
  const [, blank] = /^(\r?\n)/.exec(octets) ?? []
  const gap = blank === undefined ? /\r?\n\r?\n/.exec(octets) : null
  const head = blank === undefined ? octets.slice(0, gap?.index ?? octets.length) : ""
  const content =
    blank === undefined
      ? octets.slice(gap === null ? octets.length : gap.index + gap[0].length)
      : octets.slice(blank.length)
  const disposition = header(head, "content-disposition") ?? ""
  const given = parameters(disposition)
  const name = given.get("name") ?? ""
  const filename = given.get("filename") ?? extended(given.get("filename*"))
  if (filename === undefined && name.toLowerCase() !== "file") return { part: field(name, content), elided: 0 }
  const stated = elision(content)
  const type = header(head, "content-type")
  return {
    part: {
      name,
      ...(filename === undefined ? {} : { filename }),
      size: stated ?? content.length,
      ...(type === undefined ? {} : { type: Octets.text(type) }),
    },
    elided: stated === undefined ? 0 : stated - content.length,
  }
}

const field = (name: string, content: string): FormPart => {
  const value = Octets.utf8(content)
  return value === undefined ? { name, value: content, bytes: content.length } : { name, value }
}

/**
 * The number of bytes that a placeholder such as `[21136250 bytes]` represents in a capture that omits the contents of a
 * file.
 */
export const elision = (content: string): number | undefined => {
  const [, count] = /^\s*\[(\d{1,15}) bytes\b[^\]\r\n]*\]\s*$/.exec(content) ?? []
  return count === undefined ? undefined : Number(count)
}

const header = (head: string, name: string): string | undefined => {
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, " ").split("\n")) {
    const colon = line.indexOf(":")
    if (line.slice(0, Math.max(0, colon)).trim().toLowerCase() === name) return line.slice(colon + 1).trim()
  }
  return undefined
}

/** The parameters by lower-case name; if a name is repeated, the first parameter is used. */
const parameters = (disposition: string): ReadonlyMap<string, string> => {
  const given = new Map<string, string>()
  for (const [, key = "", quoted, bare = ""] of disposition.matchAll(
    /;\s*([\w*-]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;]*))/g,
  )) {
    const name = key.toLowerCase()
    // In practice only quotes are escaped: a backslash is part of the path that some clients send.
    if (!given.has(name)) given.set(name, Octets.text(quoted?.replaceAll('\\"', '"') ?? bare))
  }
  return given
}

/** Decodes RFC 8187 values: `filename*=UTF-8''na%C3%AFve.mov`. */
const extended = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined
  const encoded = value.replace(/^[^']*'[^']*'/, "")
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
