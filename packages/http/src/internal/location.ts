/**
 * Where a redirect leads, and whether a request without secrets may go there.
 */

/** The statuses that ask for a request to another address (RFC 9110, section 15.4; 300 leaves the choice to a person). */
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Redirects that are followed in a row: enough for any path, and an end to a circle. */
const longest = 10

/** The target of a redirect; `unreadable` where it is not a URL. */
export type Target = URL | "unreadable"

/** Whether a status asks for a request to another address. */
export const isRedirect = (status: number): boolean => redirects.has(status)

/** The target of an answer that is a redirect; `undefined` where it is none. */
export const targetOf = (status: number, location: string | null | undefined, base: string): Target | undefined => {
  if (!isRedirect(status) || location === undefined || location === null) return undefined
  const from = URL.canParse(base) ? base : undefined
  if (!URL.canParse(location, from)) return "unreadable"
  const target = new URL(location, from)
  target.username = target.password = target.hash = ""
  return target
}

/** Says where a redirect leads: the origin, since a path or a query may hold secrets. */
export const leads = (target: Target): string =>
  target === "unreadable" ? "leads to no URL" : `leads to ${target.origin === "null" ? target.protocol : target.origin}`

/** Why even a request without secrets does not follow; `undefined` where it may. */
export const obstacle = (target: Target, from: string, hops: number): string | undefined => {
  if (target === "unreadable") return leads(target)
  if (hops >= longest) return `more than ${longest} redirects; the next ${leads(target)}`
  if (target.protocol !== "http:" && target.protocol !== "https:") return leads(target)
  return target.protocol === "http:" && /^https:/i.test(from) ? `${leads(target)}, without TLS` : undefined
}

/** Whether a request that was sent to one address was answered by another origin. */
export const strayed = (sent: string, answered: string): boolean =>
  sent !== answered && URL.canParse(sent) && URL.canParse(answered) && new URL(sent).origin !== new URL(answered).origin
