/**
 * Reads the part list that completes a multipart upload, and finds its faults.
 */

/** One part in the list. Missing values are `undefined`. */
export interface ListedPart {
  readonly number: number | undefined
  readonly etag: string | undefined
}

/** The document, or the fault in its format. */
export type Completion =
  | { readonly _tag: "Parts"; readonly parts: ReadonlyArray<ListedPart> }
  | { readonly _tag: "Malformed"; readonly problem: string }

/** Reads the body of a request that completes an upload. It never throws. */
export const read = (body: string): Completion => {
  const text = body.trim()
  if (text === "") return { _tag: "Malformed", problem: "the document is empty" }
  if (!text.startsWith("<")) return { _tag: "Malformed", problem: "the body is not XML" }
  const root = /<((?:[\w.-]{1,100}:)?)CompleteMultipartUpload[\s>]/.exec(text)?.[1]
  if (root === undefined) return { _tag: "Malformed", problem: "the root element is not CompleteMultipartUpload" }
  if (!text.endsWith(`</${root}CompleteMultipartUpload>`)) {
    return { _tag: "Malformed", problem: "it ends too early" }
  }
  const { elements, opened } = elementsIn(text, "Part")
  const parts = elements.map((inner) => ({
    number: numberIn(elementIn(inner, "PartNumber")),
    etag: elementIn(inner, "ETag"),
  }))
  const empty = text.match(/<(?:[\w.-]{1,100}:)?Part\s{0,100}\/>/g)?.length ?? 0
  if (empty > 0) {
    return {
      _tag: "Malformed",
      problem: `${empty === 1 ? "a Part of the list is empty" : `${empty} Parts of the list are empty`}, without a PartNumber and an ETag`,
    }
  }
  if (opened === 0) return { _tag: "Malformed", problem: "it lists no part" }
  if (opened !== parts.length) return { _tag: "Malformed", problem: "the end tag of a Part element is missing" }
  const incomplete = parts.findIndex(({ etag, number }) => number === undefined || etag === undefined)
  return incomplete === -1
    ? { _tag: "Parts", parts }
    : { _tag: "Malformed", problem: `part ${incomplete + 1} of the list lacks a PartNumber or an ETag` }
}

/**
 * The contents of the elements with the given name, and the number of start tags. A start tag without an end tag ends the
 * search, because later start tags cannot have an end tag either.
 */
const elementsIn = (text: string, name: string) => {
  const start = new RegExp(`<((?:[\\w.-]{1,100}:)?)${name}(?=[\\s>])`, "g")
  const elements: Array<string> = []
  let opened = 0
  let free = 0
  for (const { 0: all, 1: prefix = "", index } of text.matchAll(start)) {
    opened++
    if (index < free) continue
    const open = text.indexOf(">", index + all.length)
    const close = open === -1 ? -1 : text.indexOf(`</${prefix}${name}>`, open)
    if (close === -1) {
      free = text.length
      continue
    }
    elements.push(text.slice(open + 1, close))
    free = close
  }
  return { elements, opened }
}

const elementIn = (text: string, name: string): string | undefined => {
  const [value] = elementsIn(text, name).elements
  if (value !== undefined) return value.replaceAll("&quot;", '"').replaceAll("&#34;", '"').trim()
  return new RegExp(`<(?:[\\w.-]{1,100}:)?${name}\\s{0,100}/>`).test(text) ? "" : undefined
}

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined
