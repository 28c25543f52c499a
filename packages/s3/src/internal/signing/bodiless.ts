/**
 * Signs a request without a body with AWS Signature Version 4, in the `authorization` header.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Redacted from "effect/Redacted"
import type { Credentials } from "./options.ts"
import * as SigV4 from "./sigV4.ts"

/** A request to sign. Its URL has the parameters of the query in canonical order and encoding. `at` is in epoch milliseconds. */
export interface Unsigned {
  readonly method: "GET" | "HEAD"
  readonly url: URL
  readonly region: string
  readonly credentials: Credentials
  readonly at: number
}

/** The SHA-256 of an empty body. */
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

const algorithm = "AWS4-HMAC-SHA256"

/** Returns the headers that make the request a signed one. Further headers may be added without being signed. */
export const sign = async ({
  at,
  credentials,
  method,
  region,
  url,
}: Unsigned): Promise<Readonly<Record<string, string>>> => {
  const { day, time } = SigV4.dates(at)
  const scope = { day, region }
  const token = text(credentials.sessionToken ?? undefined)
  const own = {
    "x-amz-content-sha256": empty,
    "x-amz-date": time,
    ...(token === undefined ? {} : { "x-amz-security-token": token }),
  }
  const signed = Object.entries({ host: url.host, ...own })
  const names = signed.map(([name]) => name).join(";")
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join("")
  const canonical = [method, url.pathname, url.search.slice(1), lines, names, empty].join("\n")
  const toSign = [algorithm, time, SigV4.scope(scope), await SigV4.sha256(canonical)].join("\n")
  const secret = credentials.secretAccessKey
  const signature = await SigV4.signature(toSign, Redacted.isRedacted(secret) ? secret : Redacted.make(secret), scope)
  const credential = `${credentials.accessKeyId}/${SigV4.scope(scope)}`
  return {
    ...own,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

const text = (secret: Redacted.Redacted<string> | string | undefined): string | undefined =>
  Redacted.isRedacted(secret) ? Secret.value(secret) : secret
