/**
 * Reads the canonical request that a server shows when signatures differ, and compares it with what was sent.
 *
 * The server builds it from the request that reached it. So a difference to the request at hand was made on the way; and
 * where there is none, the signer had another request in mind.
 */
import type { Evidence } from "@holdfast/diagnosis/Diagnosis"
import { decoded } from "./decoded.ts"
import type { S3Facts } from "./facts.ts"

/** A canonical request of version 4, line by line. */
export interface Canonical {
  readonly method: string
  readonly path: string
  /** Encoded once, by name; the signature is not among them. */
  readonly query: ReadonlyMap<string, string>
  readonly headers: ReadonlyMap<string, string>
  readonly signedHeaders: ReadonlyArray<string>
  readonly payload: string
}

/** Reads a canonical request; `undefined` when the text is none. */
export const read = (text: string | undefined): Canonical | undefined => {
  const lines = (text ?? "").trim().split("\n")
  const [method, path, query, ...rest] = lines
  const end = rest.indexOf("")
  if (method === undefined || path === undefined || query === undefined || end === -1) return undefined
  if (!/^[A-Z]+$/.test(method)) return undefined
  return {
    method,
    path,
    query: new Map(
      query === ""
        ? []
        : query.split("&").map((pair) => {
            const [name = "", value = ""] = pair.split(/=(.*)/s)
            return [decoded(name), decoded(value)] as const
          }),
    ),
    headers: new Map(
      rest.slice(0, end).map((line) => {
        const [name = "", value = ""] = line.split(/:(.*)/s)
        return [name.toLowerCase(), value.trim()] as const
      }),
    ),
    signedHeaders: (rest[end + 1] ?? "").split(";"),
    payload: rest[end + 2] ?? "",
  }
}

/** What differs between the request at hand and the one that reached the server; names are those of the evidence. */
export const compare = (canonical: Canonical, facts: S3Facts): ReadonlyArray<Evidence> => {
  const { header, method, url } = facts
  const differences: Array<Evidence> = []
  const differ = (at: string, name: string, observed: string, expected: string) => {
    differences.push({ at, name, observed, expected: `${expected} (as the server received it)` })
  }
  if (method !== undefined && method !== canonical.method) differ("request.method", "method", method, canonical.method)
  if (url === undefined) return differences
  if (unlike(decoded(url.pathname), decoded(canonical.path))) {
    differ("request.url", "path", url.pathname, canonical.path)
  }
  const sent = new Map([...url.searchParams].filter(([name]) => name.toLowerCase() !== "x-amz-signature"))
  for (const [name, value] of canonical.query) {
    const own = sent.get(name)
    if (own === undefined) differ(`request.url?${name}`, name, "not there", value)
    else if (unlike(own, value)) differ(`request.url?${name}`, name, own, value)
  }
  for (const [name, value] of sent) {
    if (!canonical.query.has(name)) differ(`request.url?${name}`, name, value, "not there")
  }
  for (const [name, value] of canonical.headers) {
    const own = name === "host" ? (header("host") ?? url.host) : header(name)
    if (own === undefined) {
      if (value !== "" && !transport.has(name)) differ(`request.headers.${name}`, name, "not sent", value)
    } else if (
      unlike(name === "host" ? withoutPort(own) : squeezed(own), name === "host" ? withoutPort(value) : value)
    ) {
      differ(`request.headers.${name}`, name, own, value === "" ? "not there" : value)
    }
  }
  return differences
}

/** Headers that the transport adds by itself: a request at hand need not show them. */
export const transport: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "connection",
  "content-length",
  "expect",
  "host",
  "origin",
  "transfer-encoding",
  "user-agent",
])

/** Whether two texts differ; where one was hidden in another way than the other, nothing is said. */
const unlike = (one: string, other: string): boolean => {
  if (one === other) return false
  return !(/\[hidden-/.test(one) || /\[hidden-/.test(other)) || (whole.test(one) && whole.test(other))
}

const whole = /^\[hidden-[^\]]*\]$/

const squeezed = (value: string): string => value.trim().replace(/\s+/g, " ")

const withoutPort = (host: string): string => host.toLowerCase().replace(/:(?:80|443)$/, "")
