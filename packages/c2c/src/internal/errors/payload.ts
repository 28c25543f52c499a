/**
 * Reads the payload form, the error code and the detail from the body of an error response.
 */

/**
 * The form of an error body: `{"error": …}` with only the fields of an OAuth error, the longer form with `message` next to
 * `code` or `errors`, or neither form (an intermediary between the device and Frame.io may have sent the body).
 */
export type Form = "simple" | "detailed" | "none"

/** The contents of an error body. */
export interface Payload {
  readonly form: Form
  /** The vendor's error code, which determines the error class. */
  readonly key?: string
  /** A human-readable sentence, if the payload contains one. */
  readonly detail?: string
}

/**
 * The maximum length of the text that is kept from a payload, in UTF-16 code units. The limit is sufficient for a log line
 * and bounds what an intermediary can add to the log.
 */
export const textLimit = 512

/**
 * Reads a body.
 *
 * **Details**
 *
 * The fields are read in the order given in Frame.io's error guide: `error` first, and `message` only if `error` is absent.
 * Other gateways respond with only a `message`, or with `error` next to fields of their own. The error code from another
 * gateway is also read, but the form is "none", because the response does not prove that Frame.io was reached.
 *
 * **Gotchas**
 *
 * This function never throws. If the body is not a JSON object, or its fields have unexpected types, the function reads as
 * much as possible.
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
