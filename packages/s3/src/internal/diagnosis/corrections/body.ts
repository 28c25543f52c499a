/**
 * What the safe fixes of rules about bodies, digests and lists of parts make of a request.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../facts.ts"
import { headerOf, withHeader } from "./request.ts"

type BodyCorrection = Correction<S3Facts>

const digests = [
  "content-md5",
  "x-amz-checksum-crc32",
  "x-amz-checksum-crc32c",
  "x-amz-checksum-crc64nvme",
  "x-amz-checksum-sha1",
  "x-amz-checksum-sha256",
] as const

const base64OfHex = (hex: string): string =>
  btoa((hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(""))

/** A digest in hex, in the base64 that S3 reads. */
const digestInBase64: BodyCorrection = (request) => {
  const name = digests.find((one) => /^(?:[0-9a-f]{2}){4,32}$/i.test(headerOf(request, one) ?? ""))
  return name === undefined
    ? undefined
    : { request: withHeader(request, name, base64OfHex(headerOf(request, name) ?? "")) }
}

const withLength: BodyCorrection = (request) =>
  request.size === undefined ? undefined : { request: withHeader(request, "content-length", String(request.size)) }

/** The parts of a completion in the order of their numbers. */
const partsSorted: BodyCorrection = (request) => {
  const body = request.body ?? ""
  const parts = body.match(/<Part>.{0,2000}?<\/Part>/gs) ?? []
  const numberOf = (part: string) => Number(/<PartNumber>\s{0,20}(\d{1,5})/.exec(part)?.[1])
  const first = parts[0]
  if (first === undefined || parts.some((part) => Number.isNaN(numberOf(part)))) return undefined
  const start = body.indexOf(first)
  const last = parts.at(-1) ?? first
  const end = body.lastIndexOf(last) + last.length
  const sorted = parts.toSorted((a, b) => numberOf(a) - numberOf(b)).join("")
  return { request: { ...request, body: body.slice(0, start) + sorted + body.slice(end), size: undefined } }
}

/** By code. */
export const body: Readonly<Record<string, BodyCorrection>> = {
  "HF-S3-BODY-001": withLength,
  "HF-S3-BODY-011": digestInBase64,
  "HF-S3-MPU-004": partsSorted,
}
