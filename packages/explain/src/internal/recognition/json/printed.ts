/**
 * Parses objects in the formats that programs use to print them. The formats include Node's `inspect`, Python's `repr`,
 * Ruby's `inspect`, and `toString` in Java and Dart.
 *
 * Go structs (`{Code:6003 Message:Invalid request}`) have neither quotes nor commas. Keys may be unquoted, and strings may be
 * single-quoted. `None`, `nil` and `undefined` are parsed as null. A class name may precede the opening brace. The parser
 * reads each character only once.
 */
import { isObject, type Json } from "./json.ts"

/**
 * The maximum depth of an object, and the maximum number of values in it. The dump of a socket contains thousands of values.
 */
const deepest = 12
const most = 4000

/** A parsed value and the position immediately after it. */
interface Read {
  readonly value: unknown
  readonly end: number
}

const space = /[\s,]*/y
const key = /(?:\[?Symbol\(([\w .-]{1,40})\)\]?|:?([\w$.-]{1,80}))\s{0,20}(?:=>|:|=)/y
const afterKey = /\s{0,20}(?:=>|:|=)/y
/** The text before the opening brace of an object, such as the class name, the prototype or a reference mark. */
const named =
  /(?:<ref \*\d{1,4}> )?(?:\[[\w: $.]{1,60}\] |[A-Z][\w$.]{0,60}(?:\(\d{1,6}\))? (?:\[[\w: $.()]{1,60}\] )?)?\{/y
/** A placeholder that a program prints in place of a value, such as `[Object]`, `[Function: get]` or `[Circular *1]`. */
const omitted =
  /\[(?:Object|Array|Circular|Function|AsyncFunction|Getter|Setter|Symbol|class|Date|Buffer)\b[^\]\n]{0,80}\]|<[\w *.:-]{1,80}>/y
const prefix = /[ub]{0,2}(?=["'`])/y
const joined = /\s{0,200}\+\s{0,200}(?=["'`])/y
/**
 * An unquoted value ends at the end of the line, at a closing brace or bracket, or at a comma before the next key or value.
 */
const next = /,\s{0,4}(?:[ub]?["']|:?[\w$-]{1,40}\s?(?:[:=]|$)|$)/y

/** Matches the key of a field in a Go struct, where the value follows the key without a space. */
const field = /([A-Z]\w{0,60}):(?=\S)/y
const nextField = /\s[A-Z]\w{0,60}:(?=[^\s/])/y

const words: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  null: null,
  None: null,
  nil: null,
  undefined: null,
  NaN: null,
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const skip = (text: string, at: number): number => at + (match(space, text, at)?.[0].length ?? 0)

const escaped: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "", "0": "" }

/** Parses a string, or several strings joined by `+`, which is how Node prints a long string. */
const string = (text: string, from: number, isCut = false): Read | undefined => {
  let at = from
  let value = ""
  for (;;) {
    const quote = text[at]
    at++
    for (; at < text.length && text[at] !== quote; at++) {
      const character = text[at] ?? ""
      if (character === "\\") {
        at++
        const one = text[at] ?? ""
        value += escaped[one] ?? one
      } else value += character
    }
    if (at >= text.length) return isCut ? { value, end: text.length } : undefined
    at++
    const plus = match(joined, text, at)
    if (plus === null) return { value, end: at }
    at += plus[0].length
  }
}

/** The maximum length of an unquoted value, in characters. */
const longestBare = 500

const bare = (text: string, from: number): Read => {
  let at = from
  for (const end = Math.min(text.length, from + longestBare); at < end; at++) {
    const character = text[at] ?? ""
    if (character === "\n" || character === "}" || character === "]") break
    if (character === "," && match(next, text, at) !== null) break
    if (character === " " && match(nextField, text, at) !== null) break
  }
  const word = text.slice(from, at).trim().replace(/,$/, "")
  if (Object.hasOwn(words, word)) return { value: words[word], end: at }
  return { value: /^-?\d{1,15}(?:\.\d{1,6})?$/.test(word) ? Number(word) : word, end: at }
}

/**
 * Parses one object. A counter stops the parser when a dump contains too many values. If the object is truncated, the result
 * contains the fields before the cut.
 */
class Reader {
  private count = 0
  private readonly text: string
  private readonly isCut: boolean

  constructor(text: string, isCut: boolean) {
    this.text = text
    this.isCut = isCut
  }

  value(from: number, depth: number): Read | undefined {
    if (++this.count > most || depth > deepest) return undefined
    const { text } = this
    const opening = match(named, text, from)
    if (opening !== null) return this.object(from + opening[0].length, depth)
    const left = match(omitted, text, from)
    if (left !== null) return { value: null, end: from + left[0].length }
    if (text[from] === "[") return this.list(from + 1, depth)
    const before = match(prefix, text, from)
    return before === null ? bare(text, from) : string(text, from + before[0].length, this.isCut)
  }

  /** Parses an object, starting after its opening brace. */
  object(from: number, depth: number): Read | undefined {
    const { text } = this
    const members: Array<readonly [string, unknown]> = []
    for (let at = skip(text, from); at < text.length; at = skip(text, at)) {
      if (text[at] === "}") return { value: Object.fromEntries(members), end: at + 1 }
      const name = this.name(at)
      if (name === undefined && this.isCut) break
      if (name === undefined) return undefined
      const value = this.value(skip(text, name.end), depth + 1)
      if (value === undefined && this.isCut) break
      if (value === undefined) return undefined
      members.push([name.value, value.value])
      at = value.end
    }
    return this.isCut ? { value: Object.fromEntries(members), end: text.length } : undefined
  }

  list(from: number, depth: number): Read | undefined {
    const { text } = this
    const all: Array<unknown> = []
    for (let at = skip(text, from); at < text.length; at = skip(text, at)) {
      if (text[at] === "]") return { value: all, end: at + 1 }
      const value = this.value(at, depth + 1)
      if (value === undefined || value.end === at) break
      all.push(value.value)
      at = value.end
    }
    return this.isCut ? { value: all, end: text.length } : undefined
  }

  private name(from: number): { readonly value: string; readonly end: number } | undefined {
    const { text } = this
    const [all = "", name = ""] = match(field, text, from) ?? []
    // Lowercases the first letter, as JSON does.
    if (all !== "") return { value: `${name.charAt(0).toLowerCase()}${name.slice(1)}`, end: from + all.length }
    const found = match(key, text, from)
    if (found !== null) return { value: found[1] ?? found[2] ?? "", end: from + found[0].length }
    const before = match(prefix, text, from)
    const quoted = before === null ? undefined : string(text, from + before[0].length)
    const separator = quoted === undefined ? null : match(afterKey, text, quoted.end)
    return quoted === undefined || separator === null
      ? undefined
      : { value: String(quoted.value), end: quoted.end + separator[0].length }
  }
}

/**
 * Returns the object whose opening brace is at `start`, and the position where the object ends. `isCut` means that the text
 * may be truncated.
 */
export const read = (
  text: string,
  start: number,
  isCut = false,
): { readonly json: Json; readonly end: number } | undefined => {
  const found = new Reader(text, isCut).object(start + 1, 0)
  return found !== undefined && isObject(found.value) && Object.keys(found.value).length > 0
    ? { json: found.value, end: found.end }
    : undefined
}
