/**
 * Finds objects inside other text. The objects can be JSON or have the format in which a program prints its objects.
 */
import { type Json, parse } from "./json.ts"
import * as Printed from "./printed.ts"

/** An object that was found in text, together with the surrounding text. */
export interface Embedded {
  readonly json: Json
  readonly around: string
}

/** The maximum number of braces to try. Prose and logs contain braces that do not start an object. */
const mostStarts = 50

/** Returns the end of the object that starts at a brace, or -1 if the object is incomplete. */
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

/**
 * Reads a JSON object that is escaped inside a string, as Rust, Go and loggers print it. The object extends up to the closing
 * quote.
 */
const escapedAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  if (!/^\{\s{0,20}\\"/.test(text.slice(start, start + 30))) return undefined
  let end = start
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1
  const json = parse(unescaped(text.slice(start, end)))
  return json === undefined ? undefined : { json, end }
}

/** Returns the string value of a string literal. */
const unescaped = (literal: string): string => {
  try {
    const text: unknown = JSON.parse(`"${literal}"`)
    return typeof text === "string" ? text : ""
  } catch {
    return ""
  }
}

/** Reads a JSON object in a Python bytes literal, `b'{\\n "error": …}'`. The object extends up to the closing quote. */
const bytesAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  if (text.slice(start - 2, start) !== "b'") return undefined
  let end = start
  while (end < text.length && text[end] !== "'") end += text[end] === "\\" ? 2 : 1
  const plain = text.slice(start, end).replace(/\\([\\'nrt])/g, (_, one: string) => bytesEscapes[one] ?? one)
  const json = parse(plain.trim())
  return json === undefined ? undefined : { json, end }
}

const bytesEscapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" }

/** Returns the object that starts at a brace. */
const objectAt = (text: string, start: number): { readonly json: Json; readonly end: number } | undefined => {
  const end = endOf(text, start)
  const json = end === -1 ? undefined : parse(text.slice(start, end))
  return json === undefined
    ? (bytesAt(text, start) ?? escapedAt(text, start) ?? Printed.read(text, start))
    : { json, end }
}

/** Returns the objects that were found in text. The search tries at most fifty braces. */
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
