/**
 * Corrects the fields of a request to a sign-in server.
 */
import { isFile, type Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { Encoding, Field } from "../facts.ts"
import { written } from "../requestFields.ts"

/** A field of the request before redaction. */
export type Live = Pick<Field, "name" | "value" | "sent">

const formType = "application/x-www-form-urlencoded"

const text = ({ sent, value }: Live): string =>
  Array.isArray(sent) && sent.every((one) => typeof one === "string") ? sent.join(" ") : value

/** Returns a POST request with the fields in an urlencoded body, and removes these fields from the query of the URL. */
export const inForm = (request: Request, fields: ReadonlyArray<Live>): Request => {
  const names = new Set(fields.map(({ name }) => name.toLowerCase()))
  const body = new URLSearchParams(fields.map((field) => [field.name, text(field)])).toString()
  return RequestEdit.withBody(
    { ...RequestEdit.withoutParameters(request, (name) => names.has(name)), method: "POST" },
    formType,
    body,
  )
}

/** Returns the request with the given fields, in the same encoding. */
export const withFields = (request: Request, encoding: Encoding, fields: ReadonlyArray<Live>): Request | undefined => {
  if (encoding === "json") {
    const json = written(Object.fromEntries(fields.map(({ name, sent }) => [name, sent])))
    return json === undefined
      ? undefined
      : RequestEdit.withBody(request, RequestEdit.headerOf(request, "content-type") ?? "application/json", json)
  }
  if (encoding === "multipart") {
    const files = (request.form ?? []).filter(isFile)
    return RequestEdit.withForm(request, [...fields.map(({ name, value }) => ({ name, value })), ...files])
  }
  const query = new URLSearchParams(fields.map(({ name, value }) => [name, value])).toString()
  if (encoding === "form") {
    return RequestEdit.withBody(request, RequestEdit.headerOf(request, "content-type") ?? formType, query)
  }
  return encoding === "query"
    ? { ...request, url: `${(request.url ?? "").split("?", 1)[0] ?? ""}?${query}` }
    : undefined
}
