/**
 * Reads the list of parts that completes a multipart upload, as far as its mistakes can be told.
 */

/** One part of the list; what it lacks is `undefined`. */
export interface ListedPart {
  readonly number: number | undefined
  readonly etag: string | undefined
}

/** The document, or what is wrong with its form. */
export type Completion =
  | { readonly _tag: "Parts"; readonly parts: ReadonlyArray<ListedPart> }
  | { readonly _tag: "Malformed"; readonly problem: string }

/** Reads the body of a request that completes an upload. Total. */
export const read = (body: string): Completion => {
  const text = body.trim()
  if (text === "") return { _tag: "Malformed", problem: "the document is empty" }
  if (!text.startsWith("<")) return { _tag: "Malformed", problem: "the body is not XML" }
  const [, prefix = ""] = /<((?:[\w.-]+:)?)CompleteMultipartUpload[\s>]/.exec(text) ?? []
  if (!new RegExp(`<${prefix}CompleteMultipartUpload[\\s>]`).test(text)) {
    return { _tag: "Malformed", problem: "its root is not CompleteMultipartUpload" }
  }
  if (!text.endsWith(`</${prefix}CompleteMultipartUpload>`)) {
    return { _tag: "Malformed", problem: "it breaks off before its end" }
  }
  const opened = text.match(/<(?:[\w.-]+:)?Part[\s>]/g)?.length ?? 0
  const parts = [...text.matchAll(/<((?:[\w.-]+:)?)Part(?:\s[^<>]*)?>(.*?)<\/\1Part>/gs)].map(([, , inner = ""]) => ({
    number: numberIn(elementIn(inner, "PartNumber")),
    etag: elementIn(inner, "ETag"),
  }))
  if (opened === 0) return { _tag: "Malformed", problem: "it names no part" }
  if (opened !== parts.length) return { _tag: "Malformed", problem: "a Part has no end" }
  const incomplete = parts.findIndex(({ etag, number }) => number === undefined || etag === undefined)
  return incomplete === -1
    ? { _tag: "Parts", parts }
    : { _tag: "Malformed", problem: `part ${incomplete + 1} of the list lacks its PartNumber or ETag` }
}

const elementIn = (text: string, name: string): string | undefined => {
  const [, , value] = new RegExp(`<((?:[\\w.-]+:)?)${name}(?:\\s[^<>]*)?>(.*?)</\\1${name}>`, "s").exec(text) ?? []
  if (value !== undefined) return value.replaceAll("&quot;", '"').replaceAll("&#34;", '"').trim()
  return new RegExp(`<(?:[\\w.-]+:)?${name}\\s*/>`).test(text) ? "" : undefined
}

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined
