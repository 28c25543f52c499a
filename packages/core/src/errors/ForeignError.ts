/**
 * Copies errors from clients and systems, and keeps only the name, code and message of each error. Other properties may
 * contain a raw response (`HTTPParserError.data`), a socket, or a request with its headers.
 */
import * as Verdict from "./Verdict.ts"

/**
 * The maximum number of errors to copy, counting causes and member errors. The limit protects against long chains of causes
 * and long lists of errors.
 */
const mostCopies = 8

/** The maximum length of a message; longer messages are truncated. */
const longest = 500

/**
 * Copies a foreign error so that a Holdfast error can use the copy as its `cause`. The copy contains the name, code and
 * message of the error, and copies of its causes and member errors.
 *
 * **Details**
 *
 * URLs in messages are truncated after the path, and `clean` removes known secrets. Errors with a verdict come from Holdfast
 * and are returned unchanged.
 */
export const keep = (cause: unknown, clean: (text: string) => string = (text) => text): unknown => {
  let left = mostCopies
  const seen = new Set<unknown>()
  const copy = (value: unknown): unknown => {
    if (value === undefined || value === null || Verdict.isClassified(value)) return value ?? undefined
    if (typeof value !== "object" && typeof value !== "function") return shown(String(value), clean)
    if (seen.has(value) || left-- <= 0) return undefined
    seen.add(value)
    const name = text(value, "name") ?? "Error"
    const message = shown(text(value, "message") ?? "", clean)
    const members = list(value, "errors")
    return withoutStack(message, {
      name,
      code: codeOf(value),
      cause: copy(read(value, "cause")),
      errors: members?.map(copy).filter((member) => member !== undefined),
    })
  }
  return copy(cause)
}

/** Removes queries, fragments and credentials from the URLs in a message, and truncates a long message. */
export const shown = (message: string, clean: (text: string) => string): string => {
  const cleaned = clean(message.slice(0, longest * 4)).replaceAll(/[a-z][a-z\d+.-]*:\/\/[^\s"'<>`]+/gi, withoutQuery)
  return cleaned.length > longest ? `${cleaned.slice(0, longest)}…` : cleaned
}

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/@]*@/, "//")

interface Kept {
  readonly name: string
  readonly code: string | number | undefined
  readonly cause: unknown
  readonly errors: ReadonlyArray<unknown> | undefined
}

const withoutStack = (message: string, { cause, code, errors, name }: Kept): Error => {
  const error = new Error(message, cause === undefined ? undefined : { cause })
  const hidden = { enumerable: false, configurable: true, writable: true }
  Object.defineProperty(error, "name", { value: name, ...hidden })
  // The original stack repeats the message and shows only the internals of a client.
  Object.defineProperty(error, "stack", { value: message === "" ? name : `${name}: ${message}`, ...hidden })
  if (code !== undefined) Object.assign(error, { code })
  if (errors !== undefined && errors.length > 0) Object.defineProperty(error, "errors", { value: errors, ...hidden })
  return error
}

/** Reads a property of a foreign value, or returns `undefined` if the getter of the property throws. */
const read = (value: object, name: string): unknown => {
  try {
    return Reflect.get(value, name)
  } catch {
    return undefined
  }
}

const text = (value: object, name: string): string | undefined => {
  const found = read(value, name)
  return typeof found === "string" ? found : undefined
}

const list = (value: object, name: string): ReadonlyArray<unknown> | undefined => {
  const found = read(value, name)
  return Array.isArray(found) ? found.slice(0, mostCopies) : undefined
}

const codeOf = (value: object): string | number | undefined => {
  const code = read(value, "code")
  return typeof code === "number" || (typeof code === "string" && code.length <= 100) ? code : undefined
}
