/**
 * Reads JSON that is broken or cut off, as far as it goes.
 */

/** What was read, and whether the document ended where its syntax says. */
export interface Partial {
  readonly value: unknown
  readonly whole: boolean
}

/** Objects nested deeper than this are not read: a token answer has two levels at most. */
const deepest = 16

const blank = /[\s,]*/y
const colon = /\s*:/y
const word = /[^\s,:[\]{}"]+/y

/**
 * Reads the value that begins at `start`.
 *
 * **Details**
 *
 * Members whose values ended before the text did are kept, and the member that was being read is dropped: half of a token is
 * no token. Doubled and trailing commas, and words that JSON does not know, are tolerated. What follows the value is ignored.
 * The time is linear in the length of the text.
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

  /** Ends the reading: the text is over, or is no longer JSON. */
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
    // A number or a word that touches the end may have been longer.
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

/** The text inside a quoted string; one with raw control characters or unknown escapes is an empty text. */
const unquoted = (quoted: string): string => {
  const text = parsed(quoted)
  return typeof text === "string" ? text : ""
}

/** The value of a literal; `null` for a word that JSON does not know. */
const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
