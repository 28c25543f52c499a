/**
 * Reads S3's `<Error>` document out of whatever bytes a server answered with. Pure and total.
 */
import { XMLParser } from "fast-xml-parser"
import { decodeReferences } from "./references.ts"
import { findRoot } from "./prolog.ts"

/** What an `<Error>` element holds. A missing element is an empty string, or absent where it may be. */
export interface ErrorDocument {
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  readonly resource?: string
  /** Every other element, by name; nested ones as `Outer.Inner`, repeated ones joined with `, `. */
  readonly extra: Record<string, string>
}

/** Characters of a body that are looked at. Real documents are under 4 KiB, even with a canonical request inside. */
const longest = 65_536

// One entity decoder that decodes nothing, so that no declaration in a body can ever expand. `References` does the
// five names and the numeric forms afterwards. It also spares the parser from building its own decoder every time.
const inert = {
  setExternalEntities: () => {},
  addInputEntities: () => {},
  reset: () => {},
  setXmlVersion: () => {},
  decode: (text: string) => text,
}

// The parser refuses a document with an element named like this. Such a name must not cost us the code.
const unsafeNames = new Set(["__proto__", "constructor", "prototype"])
const escape = (name: string): string => `#${name}`

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false, // piece by piece it would join words; `textOf` trims the whole
  processEntities: false,
  entityDecoder: inert,
  jPath: false,
  removeNSPrefix: true,
  cdataPropName: "#cdata",
  transformTagName: (name) => (unsafeNames.has(name) ? escape(name) : name),
  onDangerousProperty: escape,
})

/** A node as the parser orders them: one key, either a text kind or an element name. */
type Node = Readonly<Record<string, unknown>>

/** Whether the body is an S3 error document, judged by its root element alone. */
export const isError = (body: string): boolean => findRoot(bounded(body)) !== -1

/** The error document in a body; `undefined` when the body is something else. */
export const read = (body: string): ErrorDocument | undefined => {
  const text = bounded(body)
  const start = findRoot(text)
  if (start === -1) return undefined
  let nodes: unknown
  try {
    nodes = parser.parse(closed(text.slice(start)))
  } catch {
    return undefined // not XML after all, nested too deep, …: the status decides then
  }
  return isNodes(nodes) ? fold(nodes) : undefined
}

const bounded = (body: string): string => (body.length > longest ? body.slice(0, longest) : body)

// A body that was cut short keeps what it had: drop a half-written tag and close the open element, or the parser would
// throw, or lose the text it was in.
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
    // After `</Error>` an `<ErrorResponse>` goes on with its own `<RequestId>`.
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
    // Servers that write XML piecewise break lines inside values; no code has a line break of its own.
    code: /[\r\n\t]/.test(code) ? joined(code) : code,
    // Some servers escape prose twice (`&amp;#x27;`). Other elements are evidence, kept as they were meant once.
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

/** Elements that some servers write in lower case, or with the letters of another API of Amazon's. */
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
