/**
 * Reads the body of a refusal: which of the two payload forms it has, and what it says.
 */

/**
 * The form of a refusal's body: `{"error": …}` alone, the longer form with `message` beside `code` or `errors`, or
 * neither, which is what an intermediary between the device and Frame.io answers.
 */
export type Form = "simple" | "detailed" | "none"

/** What a refusal's body says. */
export interface Payload {
  readonly form: Form
  /** The vendor's word for the error; it decides the class. */
  readonly key?: string
  /** A sentence for people, where the payload has one. */
  readonly detail?: string
}

/** Longest text kept from a payload, in UTF-16 units: enough for a log line, bounded whatever an intermediary sends. */
export const textLimit = 512

/**
 * Reads a body.
 *
 * **Details**
 *
 * The order of Frame.io's error guide: `error` first, and only without it `message`. Other gateways answer with a lone `message` or with
 * `error` among fields of their own; their word is read too, but the form stays "none", because such an answer does
 * not prove that Frame.io was reached.
 *
 * **Gotchas**
 *
 * Total: a body that is not JSON, not an object, or has other types in these fields reads as far as it can.
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

/** The fields of an OAuth error (RFC 6749, 5.2); Frame.io documents `error` alone. */
const simpleNames: ReadonlySet<string> = new Set(["error", "error_description", "error_uri"])

type JsonObject = { readonly [name: string]: unknown }

const isObject = (u: unknown): u is JsonObject => typeof u === "object" && u !== null && !Array.isArray(u)

const parse = (body: string): unknown => {
  // Most bodies that are not JSON are HTML or empty; an exception costs more than this look.
  const start = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body
  if (!/^\s*\{/.test(start)) return undefined
  try {
    return JSON.parse(start)
  } catch {
    return undefined
  }
}

// A payload may name its fields anything, `constructor` and `__proto__` included.
const own = (object: JsonObject | undefined, name: string): unknown =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined

const text = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u.slice(0, textLimit) : undefined)

const firstError = (u: unknown): JsonObject | undefined => {
  const first: unknown = Array.isArray(u) ? u[0] : undefined
  return isObject(first) ? first : undefined
}
