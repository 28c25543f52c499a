/**
 * Converts a sent request to data for recorders, and finds its credentials, which must not occur in errors.
 */
import type { FormPart, Request } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type * as HttpBody from "effect/http/HttpBody"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import { hrefOf } from "./requestLine.ts"

/** The request as data. */
export const requestOf = (request: HttpClientRequest.HttpClientRequest): Request => ({
  method: request.method,
  url: urlOf(request),
  headers: { ...request.headers },
  ...contentOf(request.body, request.headers["content-type"] ?? ""),
})

/** Removes the credentials of a request from external text. */
export const redactorOf = (request: HttpClientRequest.HttpClientRequest): Redaction.Redactor => {
  let known: Redaction.Redactor | undefined
  return { text: (text) => (known ??= Redaction.redactor(Redaction.secretsOf(requestOf(request)))).text(text) }
}

/** The URL as given if it is absolute, because its encoding is evidence. */
const urlOf = (request: HttpClientRequest.HttpClientRequest): string =>
  URL.canParse(request.url) && request.urlParams.params.length === 0 && Option.isNone(request.hash)
    ? request.url
    : hrefOf(request)

type Content = Pick<Request, "body" | "form" | "size">

/** The body in the form of an exchange: the parts of a form, the text of a document, or only the length of other bodies. */
const contentOf = (body: HttpBody.HttpBody, stated: string): Content => {
  switch (body._tag) {
    case "Empty":
      return { size: 0 }
    case "FormData":
      return { form: Array.from(body.formData, ([name, value]) => partOf(name, value)) }
    case "Uint8Array":
      return {
        size: body.contentLength,
        ...(body.contentLength <= longest && documents.test(stated === "" ? body.contentType : stated)
          ? { body: new TextDecoder().decode(body.body) }
          : {}),
      }
    case "Raw":
    case "Stream":
      return body.contentLength === undefined ? {} : { size: body.contentLength }
  }
}

const partOf = (name: string, value: string | File): FormPart =>
  typeof value === "string"
    ? { name, value }
    : { name, filename: value.name, size: value.size, ...(value.type === "" ? {} : { type: value.type }) }

/** The media types of documents and encoded forms. */
const documents = /\b(?:json|xml|x-www-form-urlencoded)\b/i

/** 64 KiB, the same as for every response. */
const longest = 64 * 1024
