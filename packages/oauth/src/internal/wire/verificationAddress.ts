/**
 * Checks whether an address from a server may be shown to a person or opened.
 */

/** The maximum length of an address. Providers use about 30 characters, or 60 with the code. */
const longest = 2048

/** Control, format and separator characters: no address has them, and a terminal interprets some of them. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** The scheme, user info, host and port. */
const beginning = /^[^/?#]*(?:\/\/)?[^/?#]*/

/**
 * Removes invisible characters from the path, query and fragment. In the scheme and host they stay, and the address is rejected.
 *
 * A server that includes one by mistake means the same address without it.
 */
export const visible = (address: string): string => {
  const start = beginning.exec(address)?.[0] ?? ""
  return start + address.slice(start.length).replaceAll(invisible, "")
}

/** The characters of a URI (RFC 3986 section 2): visible ASCII. */
const characters = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/

/** A loopback host. */
const loopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * The problem of an address; `undefined` if it may be shown.
 *
 * **Details**
 *
 * Only `https` is accepted, and `http` on the loopback interface, without user info, which can look like a host. The result never
 * quotes the address.
 */
export const oddity = (address: string): string | undefined => {
  if (address.length > longest) return `is ${address.length} characters long`
  if (!characters.test(address)) return "contains characters that are not valid in an address"
  const scheme = /^[a-z][a-z0-9+.-]{0,19}:/i.exec(address)?.[0].toLowerCase()
  if (scheme === undefined) return "has no scheme"
  if (scheme !== "https:" && scheme !== "http:") return `has the scheme ${scheme}`
  const authority = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1]
  if (authority === undefined || !URL.canParse(address)) return "names no host"
  if (authority.includes("@")) return "has a user name in it"
  return scheme === "http:" && !loopback.test(new URL(address).hostname) ? "is not encrypted (http)" : undefined
}
