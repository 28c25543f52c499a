/**
 * The file format of a saved exchange: JSON that a command writes after a failure and that a diagnosis reads later.
 *
 * The file is validated without a schema, because loading a schema would delay the start of `explain`.
 */
import type { Exchange, FormPart, Request, Response } from "./Exchange.ts"

/** The format name in each file. */
export const format = "holdfast-exchange/1"

/** The reason why the input is not a saved exchange. */
export interface Problem {
  readonly _tag: "Problem"
  /** The path to the invalid value, such as `request.form[2].value`; empty if the problem concerns the whole file. */
  readonly path: string
  /** One line. The description never contains a value from the file. */
  readonly problem: string
}

/** Whether decoding returned a problem instead of an exchange. */
export const isProblem = (decoded: Exchange | Problem): decoded is Problem => "_tag" in decoded

/**
 * Writes an exchange as JSON that people and programs can read.
 *
 * **Details**
 *
 * The exchange is always passed through `redact` (`Redaction.make`) first, so that its secrets are never written.
 */
export const encode = (exchange: Exchange, redact: (exchange: Exchange) => Exchange): string => {
  const { at, attempt, failure, isExcerpt, request, response } = redact(exchange)
  return `${JSON.stringify(
    {
      format,
      at: at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : at,
      attempt,
      isExcerpt,
      failure,
      request,
      response,
    },
    null,
    2,
  )}\n`
}

/**
 * Reads an exchange that was saved by a command or written as plain JSON.
 *
 * **Details**
 *
 * Never throws. Most fields, including `format`, may be missing, but a response must have a status. `null` is treated as a
 * missing value. A response alone, such as `{"status": 403, "body": …}`, is read as an exchange whose request is unknown.
 * Headers may be an object, pairs, or objects with `name` and `value`. A body may be JSON instead of text. Unknown fields are
 * ignored.
 *
 * **Gotchas**
 *
 * The file may come from any source and is not redacted, so redact the exchange before showing it.
 */
export const decode = (text: string): Exchange | Problem => {
  try {
    return exchangeOf(parse(text))
  } catch (error) {
    if (error instanceof Malformed) return { _tag: "Problem", path: error.path, problem: error.problem }
    throw error
  }
}

/** Aborts nested decoding with a problem; `decode` always catches this error. */
class Malformed extends Error {
  readonly path: string
  readonly problem: string
  constructor(path: string, problem: string) {
    super(problem)
    this.path = path
    this.problem = problem
  }
}

const fail = (path: string, problem: string): never => {
  throw new Malformed(path, problem)
}

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

const parse = (text: string): Json => {
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ""))
  } catch {
    return fail("", "not JSON")
  }
  return isObject(json) ? json : fail("", "not a JSON object")
}

/**
 * Whether the JSON is only a response, as written by a program that has no other data. The presence of a status is not
 * sufficient, because the JSON of an API error may also contain a status.
 */
export const isAnswerAlone = ({ body, headers, response, status }: Json): boolean =>
  response === undefined && typeof status === "number" && (isObject(headers) || typeof body === "string")

const exchangeOf = (given: Json): Exchange => {
  const json: Json = isAnswerAlone(given) ? { response: given } : given
  const written = optional(json, "format", "", string)
  if (written !== undefined && written !== format)
    return fail("format", `not "${format}": the file was written by another version`)
  const request = optional(json, "request", "", requestOf)
  const response = optional(json, "response", "", responseOf)
  const failure = optional(json, "failure", "", string)
  if (request === undefined && response === undefined && failure === undefined) {
    return fail("", "the exchange has neither a request nor a response nor a failure")
  }
  return defined({
    request,
    response,
    failure,
    at: optional(json, "at", "", timeOf),
    attempt: optional(json, "attempt", "", count),
    isExcerpt: json["isExcerpt"] === true ? true : undefined,
  })
}

const requestOf = (u: unknown, path: string): Request => {
  const json = object(u, path)
  return defined({
    operation: optional(json, "operation", path, string),
    method: optional(json, "method", path, string),
    url: optional(json, "url", path, string),
    headers: optional(json, "headers", path, headersOf),
    form: optional(json, "form", path, formOf),
    body: optional(json, "body", path, bodyOf),
    size: optional(json, "size", path, count),
    sent: optional(json, "sent", path, count),
  })
}

const responseOf = (u: unknown, path: string): Response => {
  const json = object(u, path)
  const status = optional(json, "status", path, count) ?? fail(`${path}.status`, "missing")
  if (status > 999) return fail(`${path}.status`, "not an HTTP status")
  return {
    status,
    ...defined({
      isStatusAssumed: json["isStatusAssumed"] === true ? true : undefined,
      headers: optional(json, "headers", path, headersOf),
      body: optional(json, "body", path, bodyOf),
    }),
  }
}

const headersOf = (u: unknown, path: string): Readonly<Record<string, string>> => {
  const entries: ReadonlyArray<readonly [name: string, value: unknown, path: string]> = Array.isArray(u)
    ? u.map((entry: unknown, index) => pairOf(entry, `${path}[${index}]`))
    : Object.entries(object(u, path)).map(([name, value]) => [name, value, `${path}.${name}`])
  const found = new Map<string, { readonly name: string; readonly values: Array<string> }>()
  for (const [name, value, at] of entries) {
    const values = (Array.isArray(value) ? value : [value]).filter((one) => one !== null)
    const known = found.get(name.toLowerCase()) ?? { name, values: [] }
    known.values.push(...values.map((one: unknown) => scalar(one, at)))
    found.set(name.toLowerCase(), known)
  }
  return Object.fromEntries([...found.values()].map(({ name, values }) => [name, values.join(", ")]))
}

const pairOf = (u: unknown, path: string): readonly [name: string, value: unknown, path: string] => {
  const [name, value]: ReadonlyArray<unknown> = Array.isArray(u) ? u : isObject(u) ? [u["name"], u["value"]] : []
  return typeof name === "string" ? [name, value, path] : fail(path, "not a name-value pair")
}

const formOf = (u: unknown, path: string): ReadonlyArray<FormPart> =>
  Array.isArray(u) ? u.map((part: unknown, index) => partOf(part, `${path}[${index}]`)) : fail(path, "not a list")

const partOf = (u: unknown, path: string): FormPart => {
  const [first, second]: ReadonlyArray<unknown> = Array.isArray(u) ? u : []
  const json = Array.isArray(u) ? { name: first, value: second } : object(u, path)
  const name = optional(json, "name", path, string) ?? fail(`${path}.name`, "missing")
  const value = optional(json, "value", path, scalar)
  if (value !== undefined) return { name, value, ...defined({ bytes: optional(json, "bytes", path, count) }) }
  return {
    name,
    ...defined({
      filename: optional(json, "filename", path, string),
      size: optional(json, "size", path, count),
      type: optional(json, "type", path, string),
    }),
  }
}

/** Reads an optional field. */
const optional = <A>(json: Json, name: string, path: string, read: (u: unknown, path: string) => A): A | undefined => {
  const value = Object.hasOwn(json, name) ? json[name] : undefined
  return value === undefined || value === null ? undefined : read(value, path === "" ? name : `${path}.${name}`)
}

const object = (u: unknown, path: string): Json => (isObject(u) ? u : fail(path, "not an object"))

const string = (u: unknown, path: string): string => (typeof u === "string" ? u : fail(path, "not a string"))

/** JSON written by hand often contains an unquoted number where a string is expected. */
const scalar = (u: unknown, path: string): string =>
  typeof u === "number" || typeof u === "boolean" ? String(u) : string(u, path)

const bodyOf = (u: unknown, path: string): string => {
  if (typeof u === "string") return u
  // For deeper values `JSON.stringify` would overflow the stack.
  return isDeep(u) ? fail(path, "nested too deeply") : JSON.stringify(u)
}

/** The maximum nesting depth, which is greater than the depth of any API's data. */
const deepest = 200

const isDeep = (u: unknown): boolean => {
  let level: ReadonlyArray<unknown> = [u]
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []))
  }
  return level.length > 0
}

const count = (u: unknown, path: string): number =>
  typeof u === "number" && Number.isSafeInteger(u) && u >= 0 ? u : fail(path, "not an integer")

const timeOf = (u: unknown, path: string): number | string => {
  if (typeof u === "number" && Number.isFinite(u)) return u
  return typeof u === "string" && !Number.isNaN(Date.parse(u)) ? u : fail(path, "not a time")
}

type Defined<A> = { readonly [K in keyof A]?: Exclude<A[K], undefined> }

/** Drops fields that are `undefined`. */
const defined = <A extends object>(members: A): Defined<A> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<A>
