/**
 * Reads an S3 `<Error>` document from the bytes of any response. Pure and total.
 */
import { XMLParser } from "fast-xml-parser"
import { decodeReferences, inert } from "./references.ts"
import { findRoot } from "./prolog.ts"

/** The content of an `<Error>` element. A missing element is an empty string, or `undefined` if the element is optional. */
export interface ErrorDocument {
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  readonly resource?: string
  /** All other elements by name. A nested element is named `Outer.Inner`, and repeated elements are joined with `, `. */
  readonly extra: Record<string, string>
}

/**
 * The maximum length of a body that is parsed, in characters. Real error documents are smaller than 4 KiB, even if they
 * contain a canonical request.
 */
const longest = 65_536

// The parser rejects a document with an element of this name, but the error code must not get lost.
const unsafeNames = new Set(["__proto__", "constructor", "prototype"])
const escape = (name: string): string => `#${name}`

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false, // Trimming each piece would join words, so `textOf` trims the whole.
  processEntities: false,
  entityDecoder: inert,
  jPath: false,
  removeNSPrefix: true,
  cdataPropName: "#cdata",
  transformTagName: (name) => (unsafeNames.has(name) ? escape(name) : name),
  onDangerousProperty: escape,
})

/** A node in the parser's output. Each node has one key, which is a text type or the name of an element. */
type Node = Readonly<Record<string, unknown>>

/** Whether the body is an S3 error document, judged only by its root element. */
export const isError = (body: string): boolean => findRoot(bounded(body)) !== -1

/** The error document in a body; `undefined` if the body is anything else. */
export const read = (body: string): ErrorDocument | undefined => {
  const text = bounded(body)
  const start = findRoot(text)
  if (start === -1) return undefined
  let nodes: unknown
  try {
    nodes = parser.parse(closed(text.slice(start)))
  } catch {
    return undefined // The text is not XML, nested too deeply, or similar: the status decides then.
  }
  return isNodes(nodes) ? fold(nodes) : undefined
}

const bounded = (body: string): string => (body.length > longest ? body.slice(0, longest) : body)

// Keeps the content of a truncated body: removes a partial tag and closes the open element. Otherwise the parser would
// throw, or lose the current text.
const closed = (text: string): string => {
  const trimmed = text.trimEnd()
  if (trimmed.endsWith(">")) return trimmed
  const tag = trimmed.lastIndexOf("<")
  return (tag > trimmed.lastIndexOf(">") ? trimmed.slice(0, tag) : trimmed) + "</Error>"
}

const isNodes = (u: unknown): u is ReadonlyArray<Node> => Array.isArray(u)

const fold = (nodes: ReadonlyArray<Node>): ErrorDocument => {
  const elements = new Map<string, string>()
  for (const node of nodes) {
    const name = nameOf(node)
    const children = node[name]
    if (!isNodes(children)) continue
    // After `</Error>`, an `<ErrorResponse>` continues with its own `<RequestId>`.
    if (name.toLowerCase() === "error") collect(children, "", elements)
    else collect([node], "", elements)
  }
  const take = (name: string): string | undefined => {
    const value = elements.get(name)
    elements.delete(name)
    return value
  }
  const code = take("Code") ?? ""
  const message = take("Message") ?? ""
  const requestId = take("RequestId")
  const hostId = take("HostId")
  const resource = take("Resource")
  return {
    // Servers that write XML in pieces break lines inside values. No code contains a line break of its own.
    code: /[\r\n\t]/.test(code) ? joined(code) : code,
    // Some servers escape messages twice (`&amp;#x27;`). Other elements are evidence and are decoded once.
    message: decodeReferences(message),
    ...(requestId === undefined || requestId === "" ? {} : { requestId }),
    ...(hostId === undefined || hostId === "" ? {} : { hostId }),
    ...(resource === undefined ? {} : { resource }),
    // `fromEntries` defines properties, so an element named `__proto__` is data like any other.
    extra: Object.fromEntries(elements),
  }
}

const joined = (code: string): string =>
  code
    .split(/[\r\n\t]/)
    .map((line, index, { length }) =>
      index === 0 ? line.trimEnd() : index === length - 1 ? line.trimStart() : line.trim(),
    )
    .join("")

/** Elements that some servers write in lowercase, or as another Amazon API spells them. */
const canonical: ReadonlyMap<string, string> = new Map([
  ["code", "Code"],
  ["message", "Message"],
  ["requestId", "RequestId"],
  ["requestid", "RequestId"],
  ["RequestID", "RequestId"],
  ["hostId", "HostId"],
  ["hostid", "HostId"],
  ["resource", "Resource"],
])

const collect = (nodes: ReadonlyArray<Node>, path: string, into: Map<string, string>): void => {
  for (const node of nodes) {
    const name = nameOf(node)
    const children = node[name]
    if (!isNodes(children)) continue
    const own = name.startsWith("#") ? name.slice(1) : (canonical.get(name) ?? name)
    const full = path === "" ? own : `${path}.${own}`
    const text = textOf(children)
    if (text !== "" || !children.some(isElement)) {
      const before = into.get(full)
      into.set(full, before === undefined || before === "" ? text : text === "" ? before : `${before}, ${text}`)
    }
    if (children.some(isElement)) collect(children, full, into)
  }
}

const textOf = (children: ReadonlyArray<Node>): string => {
  let text = ""
  for (const child of children) {
    const own = child["#text"]
    if (typeof own === "string") text += decodeReferences(own)
    const cdata = child["#cdata"]
    if (isNodes(cdata)) for (const piece of cdata) text += typeof piece["#text"] === "string" ? piece["#text"] : ""
  }
  return text.trim()
}

const nameOf = (node: Node): string => {
  for (const name in node) return name
  return ""
}

const isElement = (node: Node): boolean => {
  const name = nameOf(node)
  return name !== "#text" && name !== "#cdata"
}
