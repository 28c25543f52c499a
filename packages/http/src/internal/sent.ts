/**
 * A request as it was sent, as data: what a recorder keeps, and what of it must not stand in an error.
 */
import type { FormPart, Request } from "@holdfast/core/Exchange"
import * as Redaction from "@holdfast/core/Redaction"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"

/** The request as data. */
export const requestOf = (request: HttpClientRequest.HttpClientRequest): Request => ({
  method: request.method,
  url: urlOf(request),
  headers: { ...request.headers },
  ...contentOf(request.body, request.headers["content-type"] ?? ""),
})

/** Takes the credentials of a request out of what others wrote about it. */
export const redactorOf = (request: HttpClientRequest.HttpClientRequest): Redaction.Redactor => {
  let known: Redaction.Redactor | undefined
  return { text: (text) => (known ??= Redaction.redactor(Redaction.secretsOf(requestOf(request)))).text(text) }
}

/** As it was given, where it is whole: how a URL is encoded is evidence. */
const urlOf = (request: HttpClientRequest.HttpClientRequest): string =>
  URL.canParse(request.url) && request.urlParams.params.length === 0 && Option.isNone(request.hash)
    ? request.url
    : Option.match(HttpClientRequest.toUrl(request), { onNone: () => request.url, onSome: (url) => url.href })

type Content = Pick<Request, "body" | "form" | "size">

/** The body as an exchange keeps it: forms by their parts, documents as text, of everything else the length. */
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

/** Bodies that are documents or encoded forms, by their type. */
const documents = /\b(?:json|xml|x-www-form-urlencoded)\b/i

/** 64 KiB, as of any answer here. */
const longest = 64 * 1024
