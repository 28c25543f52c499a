/**
 * Reads errors from headers. Servers report errors in the headers of a response to a HEAD request, because that response has
 * no body.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type { Hide } from "@holdfast/diagnosis/Redaction"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as ErrorXml from "../xml/errorXml.ts"

/** An error code and its message. */
export interface HeaderError {
  readonly code: string
  readonly message: string
}

/** The headers in which each vendor sends the error code and its message. */
const pairs = [
  ["x-amz-error-code", "x-amz-error-message"],
  ["x-minio-error-code", "x-minio-error-desc"],
  ["x-obs-error-code", "x-obs-error-message"],
  ["x-ms-error-code", "x-ms-error-message"],
] as const

/** The maximum length of the document in Alibaba's header, in base64 characters. */
const longest = 16_384

/** The error in the headers of a response; `undefined` if the headers contain no error. Total. */
export const read = (headers: HttpAnswer["headers"]): HeaderError | undefined => {
  for (const [name, prose] of pairs) {
    const code = header(headers, name)?.trim()
    if (code === undefined || code === "") continue
    return { code, message: (header(headers, prose) ?? "").trim().replace(/^"|"$/g, "") }
  }
  const encoded = header(headers, "x-oss-err")
  return encoded === undefined ? undefined : documentOf(encoded)
}

/** Alibaba OSS repeats the complete error document in base64. */
const documentOf = (encoded: string): HeaderError | undefined => {
  const document = encoded.length > longest ? undefined : ErrorXml.read(textOf(encoded))
  return document === undefined || document.code === "" ? undefined : document
}

const textOf = (base64: string): string => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64.trim()), (octet) => octet.charCodeAt(0)))
  } catch {
    return ""
  }
}

/** Reduces the document in Alibaba's header to its code and message. Any other value is completely hidden. */
export const masked = (encoded: string, hide: Hide): string => {
  const document = documentOf(encoded)
  if (document === undefined) return hide(encoded)
  const element = (name: string, text: string) =>
    `<${name}>${hide.visible(name.toLowerCase(), text).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</${name}>`
  const text = `<Error>${element("Code", document.code)}${element("Message", document.message)}</Error>`
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
