/**
 * The meaning of poll responses at providers that send only a status.
 */

/** The key of the row that a poll's status without an error code stands for. */
export type Key = "authorization_pending" | "invalid_grant" | "expired_token" | "access_denied"

const keys: ReadonlyMap<number, Key> = new Map([
  [400, "authorization_pending"],
  [409, "invalid_grant"],
  [410, "expired_token"],
  [418, "access_denied"],
])

/**
 * Whether a host is Trakt's. Its documentation gives each status a meaning:
 * https://docs.trakt.tv/reference/postoauthdevicetoken
 */
export const isTrakt = (host: string): boolean => /(?:^|\.)trakt\.tv$/i.test(host)

/**
 * The key of a poll response without an error code.
 *
 * **Details**
 *
 * The statuses are Trakt's: 400 while the person has not approved, 404 for an unknown code, 409 for a used one, 410 for
 * an expired one, 418 if the person declined. A 400 without a code counts as pending at every provider: polling until
 * the code expires does no harm, and giving up would lose a sign-in that is about to be approved. At other providers a
 * 404 may come from an intermediary.
 */
export const keyOf = (status: number, host: string): Key | undefined =>
  status === 404 && isTrakt(host) ? "invalid_grant" : keys.get(status)
