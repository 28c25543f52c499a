/**
 * AWS Signature Version 4 over a string that is signed unchanged, such as the policy of a form.
 */
import * as Secret from "@holdfast/core/Secret"
import type * as Redacted from "effect/Redacted"
import { isoDate } from "../time/isoDate.ts"

/** The inputs of a signature, except the secret. */
export interface Scope {
  /** `YYYYMMDD`, in UTC. */
  readonly day: string
  readonly region: string
}

/** The date strings for an instant: `YYYYMMDD` and `YYYYMMDDThhmmssZ`. */
export const dates = (at: number): { readonly day: string; readonly time: string } => {
  const time = isoDate(at).replace(/[-:]|\.\d+/g, "")
  return { day: time.slice(0, 8), time }
}

/** `YYYYMMDD/region/s3/aws4_request`. */
export const scope = ({ day, region }: Scope): string => `${day}/${region}/s3/aws4_request`

/**
 * The signature in lowercase hexadecimal: HMAC-SHA256 of the text with the key derived for the day, region and service.
 *
 * **Gotchas**
 *
 * Uses the platform's Web Crypto API. In a browser, Web Crypto is available only in a secure context; forms should be signed
 * on a server anyway.
 */
export const signature = async (text: string, secret: Redacted.Redacted<string>, at: Scope): Promise<string> => {
  let key = await hmac(encoder.encode(`AWS4${Secret.value(secret)}`), at.day)
  for (const step of [at.region, "s3", "aws4_request", text]) key = await hmac(key, step)
  return hex(key)
}

/** The SHA-256 of a text in lowercase hexadecimal. */
export const sha256 = async (text: string): Promise<string> =>
  hex(new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", encoder.encode(text))))

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const encoder = new TextEncoder()

const hmac = async (key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> => {
  const { subtle } = globalThis.crypto
  const imported = await subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  return new Uint8Array(await subtle.sign("HMAC", imported, encoder.encode(text)))
}
