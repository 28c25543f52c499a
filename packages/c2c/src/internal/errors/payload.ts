/**
 * Reads the body of an error response: its payload form, and its error code and detail.
 */

/**
 * The form of an error body: `{"error": …}` alone, the longer form with `message` next to `code` or `errors`, or neither, as
 * from an intermediary between the device and Frame.io.
 */
export type Form = "simple" | "detailed" | "none"

/** The contents of an error body. */
export interface Payload {
  readonly form: Form
  /** The vendor's error code; it decides the class. */
  readonly key?: string
  /** A sentence for people, if the payload has one. */
  readonly detail?: string
}

/**
 * The maximum length of a text kept from a payload, in UTF-16 units: enough for a log line, and bounded whatever an
 * intermediary sends.
 */
export const textLimit = 512

/**
 * Reads a body.
 *
 * **Details**
 *
 * The order is that of Frame.io's error guide: `error` first, and `message` only without it. Other gateways answer with only a
 * `message`, or with `error` among their own fields. Their code is read too, but the form is "none", because such a response
 * does not prove that Frame.io was reached.
 *
 * **Gotchas**
 *
 * Never throws: from a body that is not JSON, not an object, or has other types in these fields, it reads as much as possible.
 */
export const read = (body: string): Payload => {
  const json = parse(body)
  if (!isObject(json)) return nothing
  const error = text(own(json, "error"))
  if (error !== undefined) {
    const description = text(own(json, "error_description"))
    return {
      form: Object.keys(json).every((name) => simpleNames.has(name)) ? "simple" : "none",
      key: error,
      ...(description === undefined ? undefined : { detail: description }),
    }
  }
  const first = firstError(own(json, "errors"))
  const message = text(own(json, "message")) ?? text(own(first, "title"))
  if (message === undefined) return nothing
  const detail = text(own(first, "detail"))
  return {
    form: first !== undefined || typeof own(json, "code") === "number" ? "detailed" : "none",
    key: message,
    ...(detail === undefined ? undefined : { detail }),
  }
}

const nothing: Payload = { form: "none" }

/** The fields of an OAuth error (RFC 6749, 5.2). Frame.io documents only `error`. */
const simpleNames: ReadonlySet<string> = new Set(["error", "error_description", "error_uri"])

type JsonObject = { readonly [name: string]: unknown }

const isObject = (u: unknown): u is JsonObject => typeof u === "object" && u !== null && !Array.isArray(u)

const parse = (body: string): unknown => {
  // Most bodies that are not JSON are HTML or empty; this check is cheaper than an exception.
  const start = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body
  if (!/^\s*\{/.test(start)) return undefined
  try {
    return JSON.parse(start)
  } catch {
    return undefined
  }
}

// The field names of a payload can be anything, including `constructor` and `__proto__`.
const own = (object: JsonObject | undefined, name: string): unknown =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined

const text = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u.slice(0, textLimit) : undefined)

const firstError = (u: unknown): JsonObject | undefined => {
  const first: unknown = Array.isArray(u) ? u[0] : undefined
  return isObject(first) ? first : undefined
}
