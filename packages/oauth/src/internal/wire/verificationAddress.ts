/**
 * Checks whether an address from a server may be shown to a user or opened.
 */

/**
 * The maximum length of an address. Verification addresses from providers have about 30 characters, or about 60 if they
 * include the user code.
 */
const longest = 2048

/**
 * Control, format and separator characters. Valid addresses do not contain these characters, and terminals interpret some of
 * them.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** Matches the scheme, user info, host and port of an address. */
const beginning = /^[^/?#]*(?:\/\/)?[^/?#]*/

/**
 * Removes invisible characters from the path, query and fragment. Invisible characters in the scheme or host are not removed,
 * so the address is rejected.
 *
 * If a server includes an invisible character by mistake, the intended address is the address without that character.
 */
export const visible = (address: string): string => {
  const start = beginning.exec(address)?.[0] ?? ""
  return start + address.slice(start.length).replaceAll(invisible, "")
}

/** The characters that are allowed in a URI (RFC 3986 section 2): visible ASCII. */
const characters = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/

/** A loopback host. */
const loopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * Returns the problem with an address, or `undefined` if the address may be shown.
 *
 * **Details**
 *
 * The scheme must be `https`, or `http` if the host is on the loopback interface. User info is rejected, because it can look
 * like a host. The result never quotes the address.
 */
export const oddity = (address: string): string | undefined => {
  if (address.length > longest) return `is ${address.length} characters long`
  if (!characters.test(address)) return "contains characters that are not valid in an address"
  const scheme = /^[a-z][a-z0-9+.-]{0,19}:/i.exec(address)?.[0].toLowerCase()
  if (scheme === undefined) return "has no scheme"
  if (scheme !== "https:" && scheme !== "http:") return `has the scheme ${scheme}`
  const authority = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1]
  if (authority === undefined || !URL.canParse(address)) return "names no host"
  if (authority.includes("@")) return "contains a user name"
  return scheme === "http:" && !loopback.test(new URL(address).hostname) ? "is not encrypted (http)" : undefined
}
