/**
 * Represents octets as a string with one character per byte, so that string functions can split a capture and count its
 * bytes.
 */

/** The maximum number of characters per call to `String.fromCharCode`, which is limited by the stack size. */
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

/**
 * Removes the given characters from the end of a string. The function does not use a regular expression, because that would
 * take quadratic time.
 */
export const trimEnd = (text: string, characters: string): string => {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** Converts a string to UTF-8 octets, or converts each byte of an array to one octet. */
export const of = (given: string | Uint8Array): string => {
  if (typeof given !== "string") return fromBytes(given)
  return ascii.test(given) ? given : fromBytes(new TextEncoder().encode(given))
}

/** Decodes octets as UTF-8; returns `undefined` if the octets are not valid UTF-8. */
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

/** Decodes octets as UTF-8, or as Latin-1 if they are not valid UTF-8. */
export const text = (octets: string): string => utf8(octets) ?? octets
