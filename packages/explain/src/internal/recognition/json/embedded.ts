/**
 * Finds objects inside other text: JSON, or as programs print them.
 */
import { type Json, parse } from "./json.ts"
import * as Printed from "./printed.ts"

/** An object in a text, with the text around it. */
export interface Embedded {
  readonly json: Json
  readonly around: string
}

/** Braces that are tried. Prose and logs have some that begin no object. */
const mostStarts = 50

/** The end of the object that begins at a brace, or -1 if it is incomplete. */
const endOf = (text: string, start: number): number => {
  let depth = 0
  let isString = false
  for (let at = start; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (isString) {
      if (character === 0x5c) at++
      else if (character === 0x22) isString = false
    } else if (character === 0x22) isString = true
    else if (character === 0x7b) depth++
    else if (character === 0x7d && --depth === 0) return at + 1
  }
  return -1
}

/** A JSON object escaped inside a string, as Rust, Go and loggers print it, up to the closing quote. */
const escapedAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  if (!/^\{\s{0,20}\\"/.test(text.slice(start, start + 30))) return undefined
  let end = start
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1
  const json = parse(unescaped(text.slice(start, end)))
  return json === undefined ? undefined : { json, end }
}

/** The string value of a literal. */
const unescaped = (literal: string): string => {
  try {
    const text: unknown = JSON.parse(`"${literal}"`)
    return typeof text === "string" ? text : ""
  } catch {
    return ""
  }
}

/** A JSON object in a Python bytes literal, `b'{\\n "error": …}'`, up to the closing quote. */
const bytesAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  if (text.slice(start - 2, start) !== "b'") return undefined
  let end = start
  while (end < text.length && text[end] !== "'") end += text[end] === "\\" ? 2 : 1
  const plain = text.slice(start, end).replace(/\\([\\'nrt])/g, (_, one: string) => bytesEscapes[one] ?? one)
  const json = parse(plain.trim())
  return json === undefined ? undefined : { json, end }
}

const bytesEscapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" }

/** The object that begins at a brace. */
const objectAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  const end = endOf(text, start)
  const json = end === -1 ? undefined : parse(text.slice(start, end))
  return json === undefined
    ? (bytesAt(text, start) ?? escapedAt(text, start) ?? Printed.read(text, start))
    : { json, end }
}

/** The objects in a text. At most fifty braces are tried. */
export const find = (text: string): ReadonlyArray<Embedded> => {
  const found: Array<Embedded> = []
  let at = text.indexOf("{")
  for (let tries = 0; at !== -1 && tries < mostStarts; tries++) {
    const one = objectAt(text, at)
    if (one !== undefined) found.push({ json: one.json, around: `${text.slice(0, at)} ${text.slice(one.end)}` })
    at = text.indexOf("{", one?.end ?? at + 1)
  }
  return found
}
