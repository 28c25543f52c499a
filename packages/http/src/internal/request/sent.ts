/**
 * Converts a request that was sent to data for recorders. Also finds the credentials of the request, which must not occur in
 * errors.
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

/** Removes the credentials of a request from text that comes from outside the program. */
export const redactorOf = (request: HttpClientRequest.HttpClientRequest): Redaction.Redactor => {
  let known: Redaction.Redactor | undefined
  return { text: (text) => (known ??= Redaction.redactor(Redaction.secretsOf(requestOf(request)))).text(text) }
}

/** Returns the URL unchanged if it is absolute, because the URL's encoding is evidence. */
const urlOf = (request: HttpClientRequest.HttpClientRequest): string =>
  URL.canParse(request.url) && request.urlParams.params.length === 0 && Option.isNone(request.hash)
    ? request.url
    : hrefOf(request)

type Content = Pick<Request, "body" | "form" | "size">

/**
 * Returns the body as an exchange represents it: the parts of a form, the text of a document, or only the length of any other
 * body.
 */
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

/** The maximum size of a recorded body: 64 KiB, the same as for responses. */
const longest = 64 * 1024
