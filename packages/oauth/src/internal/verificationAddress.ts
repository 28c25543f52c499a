/**
 * Whether an address that a server sends may be shown to a person, or opened for them.
 */

/** Longer addresses are not shown: providers' have some 30 characters, with the code some 60. */
const longest = 2048

/** Control, formatting and separating characters: no address has one, and a terminal obeys some of them. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** The scheme and the host, with what stands before and after the host. */
const beginning = /^[^/?#]*(?:\/\/)?[^/?#]*/

/**
 * The address without invisible characters in its path, query and fragment; those before are left, and are odd.
 *
 * A server that lets one slip in means the same address without it, and nothing invisible reaches the person.
 */
export const visible = (address: string): string => {
  const start = beginning.exec(address)?.[0] ?? ""
  return start + address.slice(start.length).replaceAll(invisible, "")
}

/** The characters of a URI (RFC 3986 section 2): no blanks, nothing invisible, nothing outside ASCII. */
const characters = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/

/** A host that this machine itself answers for. */
const loopback = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * What is wrong with an address, or `undefined` when it may be shown.
 *
 * **Details**
 *
 * Only `https` is accepted, and `http` on the loopback interface; without user info, which can pass for a host. The answer
 * never quotes the address.
 */
export const oddity = (address: string): string | undefined => {
  if (address.length > longest) return `is ${address.length} characters long`
  if (!characters.test(address)) return "has characters that no address has"
  const scheme = /^[a-z][a-z0-9+.-]{0,19}:/i.exec(address)?.[0].toLowerCase()
  if (scheme === undefined) return "has no scheme"
  if (scheme !== "https:" && scheme !== "http:") return `has the scheme ${scheme}`
  const authority = /^https?:\/\/([^/?#]+)/i.exec(address)?.[1]
  if (authority === undefined || !URL.canParse(address)) return "names no host"
  if (authority.includes("@")) return "has a user name in it"
  return scheme === "http:" && !loopback.test(new URL(address).hostname) ? "is not encrypted (http)" : undefined
}
