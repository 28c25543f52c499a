/**
 * Reads the request fields that a response reports as rejected. Supports the response formats of many frameworks and vendors:
 * those of FastAPI, Spring, ASP.NET, Laravel, Rails, Django, NestJS, express-validator, Joi, Zod, Symfony, JSON:API, Google,
 * GitHub, Stripe and Shopify.
 */
import { isObject, type Json } from "./words.ts"

/** A field that the server rejects. */
export interface Field {
  /** The part of the request from which the server reads the field: for example `query`, `path`, `header` or `body`. */
  readonly place: string | undefined
  readonly name: string
  /** The server's message about the field; empty if there is no message or if redaction has hidden part of it. */
  readonly says: string
}

/** The maximum number of fields. A longer list would not help readers. */
const most = 20

/** Paths of the JSON properties that contain a list of errors. */
const lists: ReadonlyArray<ReadonlyArray<string>> = [
  ["detail"],
  ["errors"],
  ["error"],
  ["violations"],
  ["issues"],
  ["details"],
  ["invalid-params"],
  ["invalid_params"],
  ["invalidParams"],
  ["fieldErrors"],
  ["field_errors"],
  ["validationErrors"],
  ["validation_errors"],
  ["subErrors"],
  ["parameterViolations"],
  ["error", "errors"],
  ["error", "details"],
  ["error", "issues"],
  ["errors", "issues"],
  ["validation", "body"],
]

/** Paths of objects that contain one property for each rejected field. */
const maps: ReadonlyArray<ReadonlyArray<string>> = [
  ["errors"],
  ["error"],
  ["fieldErrors"],
  ["field_errors"],
  ["validation_errors"],
  ["validationErrors"],
  ["error", "fields"],
  ["error", "errors"],
  ["errors", "fieldErrors"],
  ["details"],
  ["detail"],
  ["data", "errors"],
]

const at = (json: Json, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), json)

/** Reads the rejected fields. It never throws. */
export const read = (json: Json): ReadonlyArray<Field> => {
  for (const path of lists) {
    const list = at(json, path)
    if (!Array.isArray(list)) continue
    const fields = list.slice(0, most).flatMap(ofEntry)
    if (fields.length > 0) return fields
  }
  for (const path of maps) {
    const fields = ofMap(at(json, path))
    if (fields.length > 0) return fields
  }
  return [...ofUserErrors(json), ...ofParameter(json)].slice(0, most)
}

/** The properties of an entry that may contain the name of the field, with the most specific property first. */
const names = [
  "loc", "field", "param", "parameter", "path", "instancePath", "dataPath", "property", "propertyPath", "propertyName",
  "fieldName", "field_name", "attribute", "pointer", "key", "target", "name",
] // prettier-ignore

/** The properties of an entry that may contain the message. */
const sentences = ["msg", "message", "defaultMessage", "detail", "description", "reason", "errorMessage", "error", "title", "code"] // prettier-ignore

const ofEntry = (entry: unknown): ReadonlyArray<Field> => {
  if (!isObject(entry)) return []
  // GraphQL sends the position in the query and the path in the result.
  if ("locations" in entry || "extensions" in entry) return []
  const inner = [entry["fieldViolations"], entry["field_violations"], entry["errors"], entry["context"]].find(
    Array.isArray,
  )
  if (inner !== undefined) return inner.slice(0, most).flatMap(ofEntry)
  const source = entry["source"]
  const way = [
    ...(isObject(source) ? [source["pointer"], source["parameter"]] : []),
    ...names.map((name) => entry[name]),
  ].map(wayOf)
  const found = way.find((one) => one !== undefined)
  if (found === undefined) return []
  const [first = "", ...rest] = found
  const stated = [entry["location"], entry["in"]].find((one) => typeof one === "string" && places.has(one))
  const isPlace = places.has(first) && rest.length > 0
  const place = isPlace ? first : typeof stated === "string" ? stated : undefined
  return [{ place, name: (isPlace ? rest : found).join("."), says: sentenceOf(sentences.map((name) => entry[name])) }]
}

/** The names that frameworks use for the locations of fields. */
const places: ReadonlySet<string> = new Set(["query", "path", "header", "cookie", "body", "params", "headers", "form"])

/**
 * Returns the path of a field as a sequence of names and list positions. Returns `undefined` for a value that is not a path.
 */
const wayOf = (value: unknown): ReadonlyArray<string> | undefined => {
  const parts = Array.isArray(value) ? value : typeof value === "string" ? value.split(/[/]|\.(?=\w)/) : []
  const words = parts
    .slice(0, 8)
    .map(String)
    .filter((part) => part !== "" && part !== "#" && part !== "$")
  return words.length > 0 && words.every((word) => /^[\w$[\]-]{1,80}$/.test(word) && !/(?:Error|Exception)$/.test(word))
    ? words
    : undefined
}

const sentenceOf = (values: ReadonlyArray<unknown>): string => {
  const text = values.find((value): value is string => typeof value === "string" && value.trim() !== "") ?? ""
  return text.includes("[hidden") ? "" : text.slice(0, 160)
}

/** Properties of an error object that do not represent fields of the request. */
const besides =
  /^(?:code|status|statusCode|message|type|title|detail|instance|name|reason|timestamp|path|error|errors|trace_?id|request_?id|kind|documentation_url|innerError)$/i

const ofMap = (map: unknown): ReadonlyArray<Field> => {
  if (!isObject(map)) return []
  // The error object itself, with ids and notes; its fields have lists.
  const isError = typeof map["message"] === "string" && ["code", "type", "status"].some((name) => name in map)
  return Object.entries(map)
    .slice(0, most)
    .flatMap(([name, value]) => {
      const all = Array.isArray(value) ? value : [value]
      const isSaid = all.length > 0 && all.every((one) => typeof one === "string" || isObject(one))
      if (!isSaid || besides.test(name) || !/^[\w$[][\w$.[\] -]{0,79}$/.test(name)) return []
      // A single word may be anything. Frameworks write sentences or lists of them.
      const isSentence = typeof value === "string" && (/\S \S+ \S/.test(value) || value.includes("[hidden"))
      if (!Array.isArray(value) && (isError || !isSentence) && !(isObject(value) && "message" in value)) return []
      const first: unknown = all[0]
      return [{ place: undefined, name, says: sentenceOf(isObject(first) ? sentences.map((one) => first[one]) : all) }]
    })
}

/**
 * Reads the rejected fields of a form from a response that contains only the messages for each field, as sent by Django REST
 * framework.
 */
export const ofForm = (json: Json): ReadonlyArray<Field> => {
  const entries = Object.entries(json)
  const isForm =
    entries.length > 0 &&
    entries.length <= most &&
    entries.every(
      ([name, value]) =>
        /^\w{1,60}$/.test(name) &&
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((one) => typeof one === "string"),
    )
  return isForm ? ofMap(json) : []
}

/**
 * Reads the input errors (the entries of `data.NAME.userErrors`) from a successful response to a GraphQL mutation (Shopify).
 */
const ofUserErrors = (json: Json): ReadonlyArray<Field> => userErrorsIn(json).slice(0, most).flatMap(ofEntry)

/** Returns the errors in the result of a GraphQL mutation. */
export const userErrorsIn = (json: Json): ReadonlyArray<unknown> => {
  const data = json["data"]
  if (!isObject(data)) return []
  return Object.values(data)
    .slice(0, most)
    .flatMap((one) => {
      const list: unknown = isObject(one)
        ? (one["userErrors"] ?? one["customerUserErrors"] ?? one["mediaUserErrors"])
        : undefined
      return Array.isArray(list) ? list : []
    })
}

/** Reads the parameter that an error identifies (Stripe, OpenAI). */
const ofParameter = (json: Json): ReadonlyArray<Field> => {
  const error = json["error"]
  const name = isObject(error) ? error["param"] : undefined
  const way = typeof name === "string" ? wayOf(name) : undefined
  return way === undefined || !isObject(error)
    ? []
    : [{ place: undefined, name: way.join("."), says: sentenceOf([error["message"]]) }]
}
