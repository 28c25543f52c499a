/**
 * The visible parts of the signed request, taken from the captured request if there is one, and otherwise from the response.
 */
import * as Asked from "../asked.ts"
import type { S3Facts } from "../facts.ts"
import * as Comparison from "./comparison.ts"

export interface Seen {
  /** The source of the data: the request itself, or the text in the response. */
  readonly from: "request" | "answer"
  readonly method: string | undefined
  readonly host: string | undefined
  /** The path as written. */
  readonly path: string
  readonly header: (name: string) => string | undefined
  /** Whether all headers were captured, so that the absence of a header is significant. */
  readonly hasHeaders: boolean
  /** By lowercase name. */
  readonly parameter: (name: string) => string | undefined
  readonly parameters: ReadonlyArray<string>
  /** The names of the signed headers, in lowercase. */
  readonly names: ReadonlyArray<string>
  readonly signedIn: "query" | "header" | undefined
  readonly version: 2 | 4 | undefined
  /** Where the evidence for a part is found. */
  readonly at: (part: "method" | "url" | "headers", name?: string) => string
}

/** The signed request; `undefined` if neither source shows one. */
export const of = (facts: S3Facts): Seen | undefined =>
  facts.url === undefined || facts.method === undefined ? ofAnswer(facts) : ofRequest(facts)

const ofRequest = (facts: S3Facts): Seen => ({
  from: "request",
  method: facts.method,
  host: facts.header("host") ?? facts.url?.host,
  path: Comparison.pathOf(facts),
  header: facts.header,
  hasHeaders: facts.exchange.request?.headers !== undefined,
  parameter: facts.query,
  parameters: [...(facts.url?.searchParams.keys() ?? [])],
  names: Asked.signedHeadersOf(facts)?.names ?? [],
  signedIn: facts.proof === "form" ? undefined : Asked.signedIn(facts),
  version: facts.version,
  at: (part, name) =>
    part === "method"
      ? "request.method"
      : part === "url"
        ? `request.url${name === undefined ? "" : `?${name}`}`
        : `request.headers.${name ?? ""}`,
})

const ofAnswer = (facts: S3Facts): Seen | undefined => {
  const received = Comparison.of(facts)?.received
  if (received === undefined) return undefined
  const { headers, method, path, query, type, version } = received
  const parameters = new Map([...query].map(([name, value]) => [name.toLowerCase(), value]))
  const isQuery =
    version === 4
      ? ["x-amz-credential", "x-goog-credential", "x-amz-algorithm"].some((name) => parameters.has(name))
      : /^\d{9,11}$/.test(received.date ?? "")
  return {
    from: "answer",
    method,
    host: headers.get("host"),
    path,
    header: (name) => headers.get(name) ?? (name === "content-type" && type !== "" ? type : undefined),
    hasHeaders: received.names !== undefined || version === 2,
    parameter: (name) => parameters.get(name.toLowerCase()),
    parameters: [...query.keys()],
    names: received.names ?? [],
    signedIn: isQuery ? "query" : "header",
    version,
    at: () => received.at,
  }
}
