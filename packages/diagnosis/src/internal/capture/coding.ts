/**
 * The text of a body that a capture holds as it was sent: compressed, or in UTF-16.
 */
// The build for browsers: the one for Node loads `worker_threads` at the start, for functions that are not used here.
import { Gunzip, Inflate, Unzlib } from "fflate/browser"
import { header } from "../../Exchange.ts"
import * as Octets from "./octets.ts"

/** The most that is inflated, in bytes: error documents have a few KiB, and a small body can hold gigabytes. */
const most = 1024 * 1024

/** How much is inflated at a time: so much can become a thousand times as much at most. */
const portion = 1024

/** The text of a body, by its header and by how it begins. What is damaged stays as it is. */
export const text = (octets: string, headers: Readonly<Record<string, string>>): string => {
  const inflated = inflate(octets, header(headers, "content-encoding") ?? "")
  return wide(inflated, header(headers, "content-type") ?? "") ?? Octets.text(inflated)
}

/** Servers and editors may say of a body that it is compressed when it no longer is: only its first bytes count. */
const inflate = (octets: string, coding: string): string => {
  if (octets.startsWith("\u001f\u008b")) return inflated(octets, new Gunzip())
  if (!/\bdeflate\b/i.test(coding) || octets === "" || /^[\s<{["]/.test(octets)) return octets
  // RFC 9110 means zlib, and some servers send the bare stream.
  return octets.charCodeAt(0) % 16 === 8 ? inflated(octets, new Unzlib()) : inflated(octets, new Inflate())
}

const inflated = (octets: string, stream: Gunzip | Inflate | Unzlib): string => {
  const pieces: Array<Uint8Array> = []
  let length = 0
  stream.ondata = (piece) => {
    pieces.push(piece)
    length += piece.length
  }
  const bytes = Uint8Array.from(octets, (octet) => octet.charCodeAt(0))
  try {
    for (let at = 0; at < bytes.length && length < most; at += portion) {
      stream.push(bytes.slice(at, at + portion), at + portion >= bytes.length)
    }
  } catch {
    // A stream that breaks off keeps what it had.
  }
  if (length === 0) return octets
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return Octets.of(whole.subarray(0, most))
}

/** The text of octets in UTF-16, by their mark, their header, or a first character of markup with a zero beside it. */
const wide = (octets: string, type: string): string | undefined => {
  const order = orderOf(octets, type)
  if (order === undefined) return undefined
  return new TextDecoder(order).decode(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)))
}

const orderOf = (octets: string, type: string): "utf-16le" | "utf-16be" | undefined => {
  if (octets.startsWith("\u00ff\u00fe") || isMarkup(octets, 0, 1)) return "utf-16le"
  if (octets.startsWith("\u00fe\u00ff") || isMarkup(octets, 1, 0)) return "utf-16be"
  const [, stated] = /charset="?utf-16(le|be)/i.exec(type) ?? []
  return stated === undefined ? undefined : stated.toLowerCase() === "le" ? "utf-16le" : "utf-16be"
}

/** Whether a document begins at one octet, with a zero at the other. */
const isMarkup = (octets: string, at: number, zero: number): boolean =>
  octets.charCodeAt(zero) === 0 && (octets[at] === "<" || octets[at] === "{")
