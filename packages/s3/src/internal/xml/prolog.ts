/**
 * Finds the `<Error>` element after anything that may precede a root element.
 *
 * The prolog is skipped without parsing, so a document type declaration and its entities never reach the parser. The scanner
 * is hand-written because an equivalent regular expression would backtrack.
 */

const root = /<(?:[\w.-]{1,100}:)?Error[\s/>]/y
const lower = /<(?:[\w.-]{1,100}:)?error[\s/>]/y
const envelope = /<(?:[\w.-]{1,100}:)?(?:ErrorResponse|Errors|Response)(?:\s[^<>]*)?>/iy

/** The maximum number of elements around the error element: `<Response><Errors><Error>` has two. */
const mostEnvelopes = 3

/**
 * The index of the `<` of the error element, or -1 if the root element is a different one or the text has no root element.
 * Linear in the text.
 */
export const findRoot = (text: string): number => {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  for (;;) {
    at = skipBlank(text, at)
    if (text.startsWith("<?", at)) at = after(text, "?>", at)
    else if (text.startsWith("<!--", at)) at = after(text, "-->", at + 4)
    else if (text.startsWith("<!", at)) at = afterDocumentType(text, at)
    else break
    if (at === -1) return -1
  }
  // STS and some gateways wrap the element.
  for (let depth = 0; depth < mostEnvelopes; depth++) {
    envelope.lastIndex = at
    if (!envelope.test(text)) break
    at = skipBlank(text, envelope.lastIndex)
  }
  root.lastIndex = at
  if (root.test(text)) return at
  // The name is common in lower case, so the element must have a code there.
  lower.lastIndex = at
  return lower.test(text) && /<(?:[\w.-]{1,100}:)?code[\s>]/i.test(text.slice(at, at + nearby)) ? at : -1
}

/** The maximum distance from the start of the element to its code, in characters. */
const nearby = 2000

const skipBlank = (text: string, from: number): number => {
  let at = from
  for (;;) {
    const c = text.charCodeAt(at)
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return at
    at++
  }
}

const after = (text: string, mark: string, from: number): number => {
  const at = text.indexOf(mark, from)
  return at === -1 ? -1 : at + mark.length
}

// `<!DOCTYPE name [ … ]>`: an internal subset may contain `>`, so its end is found first.
const afterDocumentType = (text: string, from: number): number => {
  const end = text.indexOf(">", from)
  const subset = text.indexOf("[", from)
  if (subset === -1 || end < subset) return end === -1 ? -1 : end + 1
  const close = text.indexOf("]", subset)
  return close === -1 ? -1 : after(text, ">", close)
}
