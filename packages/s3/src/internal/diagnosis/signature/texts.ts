/**
 * Parses the texts that a server includes when signatures differ: the received request in its signed form.
 */
import type { S3Answer } from "../answer.ts"
import { decoded } from "../decoded.ts"
import * as Layout from "./layout.ts"

/** A request as a server received it. Parts that are missing from a truncated text are `undefined`. */
export interface Received {
  readonly version: 2 | 4
  readonly method: string
  /** The path as it appears in the text. In version 2, it begins with the bucket. */
  readonly path: string
  /** The decoded parameters by name. In version 2, only the signed parameters. */
  readonly query: ReadonlyMap<string, string>
  /** By lowercase name. */
  readonly headers: ReadonlyMap<string, string>
  /** The list of signed headers in version 4. */
  readonly names: ReadonlyArray<string> | undefined
  readonly payload: string | undefined
  /** The separate lines that version 2 has for three headers. */
  readonly md5?: string | undefined
  readonly type?: string | undefined
  readonly date?: string | undefined
  /** Where the text was found. */
  readonly at: string
}

/** The first lines of a version 4 string to sign. */
export interface Scope {
  readonly algorithm: string
  readonly date: string | undefined
  readonly scope: string | undefined
}

/** The received request as shown in the response; `undefined` if the response does not show it. */
export const received = ({ element }: S3Answer): Received | undefined => {
  for (const name of ["CanonicalRequest", "StringToSign", "FormatString"]) {
    const lines = Layout.lines(element(name) ?? "")
    if (lines === undefined || Layout.algorithm.test(lines[0] ?? "")) continue
    const at = `response.body.${name}`
    const read =
      name === "FormatString"
        ? cos(lines, at)
        : (lines[1] ?? "").startsWith("/")
          ? canonical(lines, at)
          : older(lines, at)
    if (read !== undefined) return read
  }
  return undefined
}

/** The version 4 string to sign in the response. */
export const scope = ({ element }: S3Answer): Scope | undefined => {
  const [algorithm = "", date, scope] = Layout.lines(element("StringToSign") ?? "") ?? []
  return Layout.algorithm.test(algorithm) && !/-(?:PAYLOAD|TRAILER)$/.test(algorithm)
    ? { algorithm, date, scope }
    : undefined
}

const canonical = (lines: ReadonlyArray<string>, at: string): Received | undefined => {
  const [method = "", path = "", ...rest] = lines
  if (!Layout.method.test(method)) return undefined
  // A query that a terminal has wrapped continues until the first header.
  const start = rest.findIndex((line, index) => index > 0 && (line === "" || headerLine.test(line)))
  const query = rest.slice(0, start === -1 ? undefined : start).join("")
  const tail = start === -1 ? [] : rest.slice(start)
  const end = tail.indexOf("")
  return {
    version: 4,
    method,
    path,
    query: parameters(query),
    headers: headersOf(end === -1 ? tail : tail.slice(0, end)),
    names: end === -1 ? undefined : tail[end + 1]?.split(";"),
    payload: end === -1 ? undefined : tail[end + 2],
    at,
  }
}

const older = (lines: ReadonlyArray<string>, at: string): Received | undefined => {
  const [method = "", md5, type, date, ...rest] = lines
  const last = rest.findIndex((line) => line.startsWith("/"))
  if (!Layout.method.test(method) || last === -1) return undefined
  const [path = "", query = ""] = (rest[last] ?? "").split(/\?(.*)/s)
  return {
    version: 2,
    method,
    path,
    query: parameters(query),
    headers: headersOf(rest.slice(0, last)),
    names: undefined,
    payload: undefined,
    md5,
    type,
    date,
    at,
  }
}

/** Tencent's text: method, decoded path, parameters and headers, where each list is written as `name=value&…`. */
const cos = (lines: ReadonlyArray<string>, at: string): Received | undefined => {
  const [method = "", path = "", query = "", headers = ""] = lines
  if (!path.startsWith("/")) return undefined
  const signed = new Map([...parameters(headers)].map(([name, value]) => [name.toLowerCase(), value]))
  return {
    version: 4,
    method: method.toUpperCase(),
    path,
    query: parameters(query),
    headers: signed,
    names: [...signed.keys()],
    payload: undefined,
    at,
  }
}

const headerLine = /^[A-Za-z][A-Za-z0-9-]{1,100}:/

const headersOf = (lines: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":")
      return colon === -1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const]
    }),
  )

/** The maximum number of parameters that are parsed, as for a URL. */
const mostParameters = 1000

const parameters = (query: string): ReadonlyMap<string, string> =>
  new Map(
    query === ""
      ? []
      : query.split("&", mostParameters).map((pair) => {
          const equals = pair.indexOf("=")
          return equals === -1
            ? ([decoded(pair), ""] as const)
            : ([decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))] as const)
        }),
  )
