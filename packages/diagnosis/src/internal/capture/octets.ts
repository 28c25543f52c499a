/**
 * Octets as a string of which every character is one byte: a capture can then be cut by characters and counted in bytes.
 */

/** Enough at a time for `String.fromCharCode`, and few enough for its stack. */
const portion = 8192

// oxlint-disable-next-line no-control-regex -- control characters are ASCII too
const ascii = /^[\u0000-\u007f]*$/

const fromBytes = (bytes: Uint8Array): string => {
  const pieces: Array<string> = []
  for (let at = 0; at < bytes.length; at += portion) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + portion)))
  }
  return pieces.join("")
}

/** Removes given characters from the end of a text. A regular expression would take quadratic time. */
export const trimEnd = (text: string, characters: string): string => {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** The octets of a text in UTF-8, or of bytes as they are. */
export const of = (given: string | Uint8Array): string => {
  if (typeof given !== "string") return fromBytes(given)
  return ascii.test(given) ? given : fromBytes(new TextEncoder().encode(given))
}

/** The text that octets are in UTF-8; `undefined` when they are none. */
export const utf8 = (octets: string): string | undefined => {
  if (ascii.test(octets)) return octets
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(octets, (character) => character.charCodeAt(0)),
    )
  } catch {
    return undefined
  }
}

/** The same, and Latin-1, which every octet is, for what is no UTF-8. */
export const text = (octets: string): string => utf8(octets) ?? octets
