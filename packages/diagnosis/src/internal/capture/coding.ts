/**
 * Decodes a body that was captured as it was sent, for example compressed or in UTF-16.
 */
// The browser build, because the Node build loads `worker_threads` at the start, for functions that are not used here.
import { Gunzip, Inflate, Unzlib } from "fflate/browser"
import { header } from "../../Exchange.ts"
import * as Octets from "./octets.ts"

/** The maximum number of bytes to inflate: error documents are a few KiB long, but a small body can expand to gigabytes. */
const most = 1024 * 1024

/**
 * The number of compressed bytes to inflate at a time; each compressed byte can expand to at most about a thousand bytes.
 */
const portion = 1024

/** Decodes a body based on its headers and its first bytes. A damaged body is returned unchanged. */
export const text = (octets: string, headers: Readonly<Record<string, string>>): string => {
  const inflated = inflate(octets, header(headers, "content-encoding") ?? "")
  return wide(inflated, header(headers, "content-type") ?? "") ?? Octets.text(inflated)
}

/**
 * The first bytes take precedence over the header, because servers and editors may still declare a body as compressed after
 * decompressing it.
 */
const inflate = (octets: string, coding: string): string => {
  if (octets.startsWith("\u001f\u008b")) return inflated(octets, new Gunzip())
  if (!/\bdeflate\b/i.test(coding) || octets === "" || /^[\s<{["]/.test(octets)) return octets
  // By RFC 9110 this means zlib, but some servers send the bare stream.
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
    // A truncated stream keeps what was inflated.
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

/**
 * Decodes octets in UTF-16, which is detected from the byte order mark, the header, or a first markup character next to a
 * zero byte.
 */
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

/** Whether a document begins with a markup character and a zero octet, in either order. */
const isMarkup = (octets: string, at: number, zero: number): boolean =>
  octets.charCodeAt(zero) === 0 && (octets[at] === "<" || octets[at] === "{")
