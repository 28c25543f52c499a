/**
 * Applies the safe fixes for rules about bodies, digests and part lists.
 */
import type { Correction } from "@holdfast/diagnosis/Diagnosis"
import { isFile, type Request } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import type { S3Facts } from "../facts.ts"
import { afterChange, signedNames, toSign } from "./request.ts"

type BodyCorrection = Correction<S3Facts>

/** The digest headers, with the length of each digest in bytes. */
const digests: ReadonlyArray<readonly [name: string, bytes: number]> = [
  ["content-md5", 16],
  ["x-amz-checksum-crc32", 4],
  ["x-amz-checksum-crc32c", 4],
  ["x-amz-checksum-crc64nvme", 8],
  ["x-amz-checksum-sha1", 20],
  ["x-amz-checksum-sha256", 32],
]

const isHex = (text: string, bytes: number): boolean => text.length === 2 * bytes && /^[0-9a-f]+$/i.test(text)

const base64OfHex = (hex: string): string =>
  btoa((hex.match(/../g) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(""))

/** The hexadecimal text that was encoded in base64 by mistake. */
const unwrapped = (text: string): string => {
  try {
    return atob(text)
  } catch {
    return text
  }
}

/**
 * Converts a digest in hexadecimal, or in base64 of its hexadecimal form, to the base64 that S3 expects. A program cannot
 * correct any other fault.
 */
const digestInBase64: BodyCorrection = (request, facts) => {
  for (const [name, bytes] of digests) {
    const value = RequestEdit.headerOf(request, name)?.trim() ?? ""
    const hex = [value, unwrapped(value)].find((one) => isHex(one, bytes))
    if (hex !== undefined) return afterChange(RequestEdit.withHeader(request, name, base64OfHex(hex)), facts, name)
  }
  return undefined
}

const withLength: BodyCorrection = (request) => {
  const length = RequestEdit.lengthOf(request)
  return length === undefined
    ? undefined
    : {
        request: RequestEdit.withHeader(
          RequestEdit.withoutHeaders(request, "transfer-encoding"),
          "content-length",
          String(length),
        ),
      }
}

const [opening, closing] = ["<Part>", "</Part>"] as const

/**
 * The parts in a list, with the text before the first part and the text after the last part; `undefined` if there is text
 * between parts.
 */
const listOf = (
  body: string,
): { readonly head: string; readonly parts: ReadonlyArray<string>; readonly tail: string } | undefined => {
  const start = body.indexOf(opening)
  if (start === -1) return undefined
  const parts: Array<string> = []
  let at = start
  while (body.startsWith(opening, at)) {
    const end = body.indexOf(closing, at)
    if (end === -1) return undefined
    parts.push(body.slice(at, end + closing.length))
    at = end + closing.length
    while (/\s/.test(body.charAt(at))) at++
  }
  const tail = body.slice(at)
  return tail.includes(opening) ? undefined : { head: body.slice(0, start), parts, tail }
}

/** Sorts the parts in a completion request by part number. The signature in the header also covers the part list. */
const partsSorted: BodyCorrection = (request, facts) => {
  const list = listOf(request.body ?? "")
  const numberOf = (part: string) => Number(/<PartNumber>\s{0,20}(\d{1,5})/.exec(part)?.[1])
  if (list === undefined || list.parts.some((part) => Number.isNaN(numberOf(part)))) return undefined
  const sorted = list.parts.toSorted((a, b) => numberOf(a) - numberOf(b))
  const names = digests.map(([name]) => name)
  const changed: Request = {
    ...RequestEdit.withoutHeaders(request, "content-length", ...names),
    body: list.head + sorted.join("") + list.tail,
    size: undefined,
  }
  return facts.proof === "header" ? toSign(changed) : afterChange(changed, facts, ...names)
}

const isChecksum = (name: string): boolean =>
  /^x-amz-(?:sdk-checksum-algorithm|checksum-[\w-]{1,40}|trailer|decoded-content-length)$/.test(name)

/** Removes the checksum that an SDK added, and the encoding that sends a checksum after the body. */
const withoutChecksum: BodyCorrection = (request) => {
  const names = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase())
  const isChunked = /aws-chunked/i.test(RequestEdit.headerOf(request, "content-encoding") ?? "")
  const bare = RequestEdit.withoutParameters(
    RequestEdit.withoutHeaders(
      request,
      "x-amz-content-sha256",
      ...(isChunked ? ["content-encoding", "content-length"] : []),
      ...names.filter(isChecksum),
    ),
    isChecksum,
  )
  return toSign(bare)
}

/** Sends only the file as the body, and its type only if the signature covers the type. */
const fileAlone: BodyCorrection = (request, facts) => {
  const files = (request.form ?? []).filter(isFile)
  const [file] = files
  if (file === undefined || files.length > 1) return undefined
  const bare: Request = {
    ...RequestEdit.withoutHeaders(request, "content-type", "content-length"),
    form: undefined,
    body: undefined,
    size: file.size,
  }
  return {
    request:
      signedNames(facts).includes("content-type") && file.type !== undefined
        ? RequestEdit.withHeader(bare, "Content-Type", file.type)
        : bare,
  }
}

/** The corrections, keyed by rule code. */
export const body: Readonly<Record<string, BodyCorrection>> = {
  "HF-S3-BODY-001": withLength,
  "HF-S3-BODY-010": withoutChecksum,
  "HF-S3-BODY-011": digestInBase64,
  "HF-S3-BODY-015": withoutChecksum,
  "HF-S3-MPU-004": partsSorted,
  "HF-S3-SIGN-012": fileAlone,
}
