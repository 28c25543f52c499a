/**
 * Reads an XML error document inside other text, such as a log line, an email or an exception. The document may be escaped or
 * wrapped at a fixed column.
 */
import * as Around from "./around.ts"
import { assumed, type Recognized } from "./recognized.ts"
import { statusOf } from "./codes.ts"
import { unescaped } from "./text.ts"

/** An XML document that was found in text, together with the surrounding text. */
interface Embedded {
  readonly document: string
  readonly around: string
}

/** The root elements of the error documents that S3 and compatible storage services send. */
const roots = ["errorresponse", "errors", "error", "response"] as const

/** Finds the first error document in linear time, because the text is searched only once for each root element. */
export const find = (text: string): Embedded | undefined => {
  const small = text.toLowerCase()
  for (const root of roots) {
    let at = small.indexOf(`<${root}`)
    // `<Error` also begins `<ErrorDocument`.
    while (at !== -1 && !/[\s>]/.test(small.charAt(at + root.length + 1))) at = small.indexOf(`<${root}`, at + 1)
    if (at === -1 || small.indexOf("<code", at) === -1) continue
    const close = small.indexOf(`</${root}`, at)
    const end = close === -1 ? text.length : small.indexOf(">", close) + 1 || text.length
    const start = wholeStart(small, root, at, close)
    return { document: joined(text.slice(start, end)), around: `${text.slice(0, start)} ${text.slice(end)}` }
  }
  return undefined
}

/**
 * Returns the start of the document that ends at `close`. The AWS SDK for PHP prints a truncated copy of the document before
 * the complete document.
 */
const wholeStart = (small: string, root: string, at: number, close: number): number => {
  const last = close === -1 ? -1 : small.lastIndexOf(`<${root}`, close)
  const code = last > at ? small.indexOf("<code", last) : -1
  return code !== -1 && code < close && /[\s>]/.test(small.charAt(last + root.length + 1)) ? last : at
}

/** Joins the lines of a document that was wrapped at a fixed column, including inside words and tags. */
const joined = (document: string): string => {
  // Terraform prefixes each line of a body with a bar.
  const plain = document.replaceAll("<\\/", "</").replace(/\(truncated\.{0,3}\)?[^>]{0,400}$/, "")
  const bare = /\n[ \t]{0,8}\|[ \t]/.test(plain) ? plain.replace(/\n[ \t]{0,8}\|[ \t]?/g, "\n") : plain
  const whole = bare.replace(/<\/?[A-Za-z]{1,40}\n\s{0,8}[A-Za-z]{0,40}>/g, (tag) => tag.replace(/\n\s*/, ""))
  const lines = whole.split("\n")
  if (lines.length < 3) return whole
  const inner = lines.slice(1, -1).map((line) => line.length)
  const width = Math.max(...inner.slice(0, 1000))
  const isWrapped = width >= 20 && inner.every((length) => length > width - 2)
  return isWrapped ? lines.join("") : whole
}

const codeIn = (document: string): string => /<(?:[\w-]{1,40}:)?code>([^<]{1,200})</i.exec(document)?.[1]?.trim() ?? ""

/** Reads an error document and the details of the exchange in the surrounding text. */
export const read = (text: string): Recognized | undefined => {
  const embedded = find(text) ?? (/&lt;|%3c|\\u003c|\\[n"]/i.test(text) ? find(unescaped(text)) : undefined)
  if (embedded === undefined) return undefined
  const { around, document } = embedded
  const status = Around.statusIn(around)
  const operation = Around.operationIn(around)
  const sent = Around.requestIn(around)
  const request = operation === undefined ? sent : { operation, ...sent }
  const at = Around.timeIn(around)
  return {
    exchange: {
      ...(request === undefined ? {} : { request }),
      response: {
        ...(status === undefined ? assumed(statusOf(codeIn(document))) : { status }),
        headers: { "content-type": "application/xml", ...Around.idsIn(around) },
        body: document,
      },
      ...(at === undefined ? {} : { at }),
    },
    as: "an XML error document inside other text",
  }
}
