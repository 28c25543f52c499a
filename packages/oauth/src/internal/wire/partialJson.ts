/**
 * Reads as much as possible of malformed or truncated JSON.
 */

/** The value that was read, and whether the document is syntactically complete. */
export interface Partial {
  readonly value: unknown
  readonly whole: boolean
}

/**
 * Reading stops at values that are nested more deeply than this limit. A token response has at most two levels of nesting.
 */
const deepest = 16

const blank = /[\s,]*/y
const colon = /\s*:/y
const word = /[^\s,:[\]{}"]+/y

/**
 * Reads the JSON value that begins at `start`.
 *
 * **Details**
 *
 * If the text is truncated, complete fields are kept. The last, incomplete field is discarded, because part of a token is
 * useless. The parser tolerates repeated commas, trailing commas and unknown literals. Text after the value is ignored. The
 * running time is linear in the length of the text.
 */
export const read = (text: string, start: number): Partial => {
  let at = start
  let whole = true

  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }

  /** Stops reading because the text has ended, is not JSON, or is nested too deeply. */
  const stop = (): undefined => {
    whole = false
    at = text.length
    return undefined
  }

  const string = (): string | undefined => {
    const begin = at
    for (let end = begin + 1; end < text.length; end++) {
      const unit = text[end]
      if (unit === "\\") end++
      else if (unit === '"') {
        at = end + 1
        return unquoted(text.slice(begin, at))
      }
    }
    return stop()
  }

  const scalar = (): unknown => {
    const begin = at
    // A number or literal at the end of the text may be truncated.
    if (!skip(word) || at === text.length) return stop()
    return parsed(text.slice(begin, at))
  }

  const object = (depth: number): Record<string, unknown> => {
    const members: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    at++
    while (at < text.length) {
      skip(blank)
      if (text[at] === "}") {
        at++
        return members
      }
      const name = text[at] === '"' ? string() : stop()
      if (name === undefined || !skip(colon)) break
      skip(blank)
      const value = any(depth + 1)
      if (value !== undefined) members[name] = value
    }
    stop()
    return members
  }

  const list = (depth: number): ReadonlyArray<unknown> => {
    const items: Array<unknown> = []
    at++
    while (at < text.length) {
      skip(blank)
      if (text[at] === "]") {
        at++
        return items
      }
      const value = any(depth + 1)
      if (value !== undefined) items.push(value)
    }
    stop()
    return items
  }

  const any = (depth: number): unknown => {
    if (depth > deepest) return stop()
    if (text[at] === "{") return object(depth)
    if (text[at] === "[") return list(depth)
    return text[at] === '"' ? string() : scalar()
  }

  const value = any(0)
  return { value, whole }
}

/**
 * Returns the content of a quoted string. Returns an empty string if the quoted string contains raw control characters or
 * unknown escapes.
 */
const unquoted = (quoted: string): string => {
  const text = parsed(quoted)
  return typeof text === "string" ? text : ""
}

/** Returns the value of a literal, or `null` if the literal is unknown. */
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
