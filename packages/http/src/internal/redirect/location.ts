/**
 * Determines the target of a redirect and whether a request without secrets may follow the redirect.
 */

/**
 * The statuses that redirect a request to another address (RFC 9110, section 15.4). Status 300 is not included, because it
 * leaves the choice to the user.
 */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** The maximum number of consecutive redirects that are followed. The limit ends redirect loops. */
const longest = 10

/** The target of a redirect; `unreadable` if the target is not a valid URL. */
export type Target = URL | "unreadable"

/** Whether a status redirects a request to another address. */
export const isRedirect = (status: number): boolean => redirects.has(status)

/** Returns the target of a redirect response, or `undefined` for any other response. */
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

/** The reason why even a request without secrets must not follow the redirect; `undefined` if the request may follow it. */
export const obstacle = (target: Target, from: string, hops: number): string | undefined => {
  if (target === "unreadable") return leads(target)
  if (hops >= longest) return `more than ${longest} redirects; the next redirect ${leads(target)}`
  if (target.protocol !== "http:" && target.protocol !== "https:") return leads(target)
  return target.protocol === "http:" && /^https:/i.test(from) ? `${leads(target)}, without TLS` : undefined
}

/** Whether the response came from an origin other than the one to which the request was sent. */
export const strayed = (sent: string, answered: string): boolean =>
  sent !== answered && URL.canParse(sent) && URL.canParse(answered) && new URL(sent).origin !== new URL(answered).origin

/**
 * Whether a redirect is temporary. A captive portal never uses a permanent redirect, because clients may cache such a
 * redirect.
 */
export const isTemporary = (status: number): boolean => status === 302 || status === 303 || status === 307

/** Whether a `location` points to a host other than the host of the request. */
export const leavesHost = (from: string, location: string | undefined): boolean =>
  location !== undefined &&
  URL.canParse(from) &&
  URL.canParse(location, from) &&
  new URL(location, from).hostname !== new URL(from).hostname
