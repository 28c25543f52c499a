/**
 * Whether an address that a server sends may be shown to a person, or opened for them.
 */

/** Longer addresses are not shown: providers' have some 30 characters, with the code some 60. */
const longest = 2048

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
