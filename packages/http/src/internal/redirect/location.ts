/**
 * The target of a redirect, and whether a request without secrets may follow it.
 */

/** The statuses that ask for a request to another address (RFC 9110, section 15.4; 300 leaves the choice to a person). */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** The most redirects that are followed in a row, so that a loop ends. */
const longest = 10

/** The target of a redirect; `unreadable` if it is not a URL. */
export type Target = URL | "unreadable"

/** Whether a status asks for a request to another address. */
export const isRedirect = (status: number): boolean => redirects.has(status)

/** The target of a redirect response; `undefined` for any other response. */
export const targetOf = (status: number, location: string | null | undefined, base: string): Target | undefined => {
  if (!isRedirect(status) || location === undefined || location === null) return undefined
  const from = URL.canParse(base) ? base : undefined
  if (!URL.canParse(location, from)) return "unreadable"
  const target = new URL(location, from)
  target.username = target.password = target.hash = ""
  return target
}

/** Describes the target of a redirect by its origin, because a path or query may contain secrets. */
export const leads = (target: Target): string =>
  target === "unreadable" ? "leads to no URL" : `leads to ${target.origin === "null" ? target.protocol : target.origin}`

/** Why even a request without secrets must not follow; `undefined` if it may. */
export const obstacle = (target: Target, from: string, hops: number): string | undefined => {
  if (target === "unreadable") return leads(target)
  if (hops >= longest) return `more than ${longest} redirects; the next redirect ${leads(target)}`
  if (target.protocol !== "http:" && target.protocol !== "https:") return leads(target)
  return target.protocol === "http:" && /^https:/i.test(from) ? `${leads(target)}, without TLS` : undefined
}

/** Whether the response came from another origin than the request was sent to. */
export const strayed = (sent: string, answered: string): boolean =>
  sent !== answered && URL.canParse(sent) && URL.canParse(answered) && new URL(sent).origin !== new URL(answered).origin

/** Whether a redirect is a temporary one. A captive portal never uses a permanent one, which clients may remember. */
export const isTemporary = (status: number): boolean => status === 302 || status === 303 || status === 307

/** Whether a `location` leads to another host than that of the request. */
export const leavesHost = (from: string, location: string | undefined): boolean =>
  location !== undefined &&
  URL.canParse(from) &&
  URL.canParse(location, from) &&
  new URL(location, from).hostname !== new URL(from).hostname
