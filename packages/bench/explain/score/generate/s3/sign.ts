/**
 * S3 signatures, versions 2 and 4, of headers, URLs and forms: implemented with Node's own functions from the AWS documentation
 * only.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
import { createHmac, hash } from "node:crypto"
import type { Pairs, Wire } from "./wire.ts"

export const sha256 = (text: string): string => hash("sha256", text)

/** HMAC from two hashes (RFC 2104), without the key objects of `createHmac`, which take longer than the hashes. */
export const hmac = (key: string | Uint8Array, text: string): Uint8Array => {
  const given = typeof key === "string" ? Buffer.from(key) : key
  const block = Buffer.alloc(64)
  block.set(given.length > 64 ? hash("sha256", given, "buffer") : given)
  const inner = Buffer.concat([block.map((byte) => byte ^ 0x36), Buffer.from(text)])
  return hash("sha256", Buffer.concat([block.map((byte) => byte ^ 0x5c), hash("sha256", inner, "buffer")]), "buffer")
}

/** Percent-encoding of RFC 3986: all characters except the unreserved ones. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

export const encodePath = (path: string): string => path.split("/").map(encode).join("/")

/** Decodes as a server does; `undefined` for an invalid encoding. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const keys = new Map<string, Uint8Array>()

/** The signing key for a day, a region and a service. */
export const signingKey = (
  secret: string,
  [day = "", region = "", service = ""]: ReadonlyArray<string>,
): Uint8Array => {
  const name = [secret, day, region, service].join("\n")
  const known = keys.get(name)
  if (known !== undefined) return known
  const made = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), "aws4_request")
  if (keys.size > 500) keys.clear()
  keys.set(name, made)
  return made
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const trimmed = (value: string): string => value.trim().replace(/ +/g, " ")

/** The canonical request of a request in wire format. */
export const canonicalRequest = (
  { headers, host, method, path, query }: Pick<Wire, "headers" | "host" | "method" | "path" | "query">,
  signed: ReadonlyArray<string>,
  payload: string,
): string => {
  const parameters = query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(decode(name)), encode(decode(value))] as const)
    .toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : 1))
  const value = (name: string): string => {
    if (name === "host") return host
    return headers
      .filter(([other]) => other.toLowerCase() === name)
      .map(([, text]) => trimmed(text))
      .join(",")
  }
  return [
    method,
    encodePath(decode(path)),
    parameters.map(([name, text]) => `${name}=${text}`).join("&"),
    ...signed.map((name) => `${name}:${value(name)}`),
    "",
    signed.join(";"),
    payload,
  ].join("\n")
}

export const stringToSign4 = (algorithm: string, date: string, scope: string, canonical: string): string =>
  [algorithm, date, scope, sha256(canonical)].join("\n")

/** The signature of version 4. `scope` is `day/region/service/aws4_request`. */
export const signature4 = (secret: string, scope: string, text: string): string =>
  toHex(hmac(signingKey(secret, scope.split("/")), text))

/** The string that version 2 signs for a URL. */
export const stringToSign2 = (
  { headers, method }: Pick<Wire, "headers" | "method">,
  expires: string,
  resource: string,
): string => {
  const value = (name: string) => headers.find(([other]) => other.toLowerCase() === name)?.[1] ?? ""
  const amazon = headers
    .map(([name, text]) => [name.toLowerCase(), trimmed(text)] as const)
    .filter(([name]) => name.startsWith("x-amz-") && name !== "x-amz-date")
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}:${text}\n`)
  return [method, value("content-md5"), value("content-type"), expires, `${amazon.join("")}${resource}`].join("\n")
}

export const signature2 = (secret: string, text: string): string =>
  createHmac("sha1", secret).update(text).digest("base64")

/** The signed headers, as a sorted list. */
export const signedNames = (headers: Pairs): ReadonlyArray<string> =>
  [...new Set(["host", ...headers.map(([name]) => name.toLowerCase())])].toSorted()
