/**
 * Defines the meaning of poll responses from providers that send only a status.
 */

/** The key of the row that corresponds to a poll's status without an error code. */
export type Key = "authorization_pending" | "invalid_grant" | "expired_token" | "access_denied"

const keys: ReadonlyMap<number, Key> = new Map([
  [400, "authorization_pending"],
  [409, "invalid_grant"],
  [410, "expired_token"],
  [418, "access_denied"],
])

/**
 * Whether a host belongs to Trakt. Trakt's documentation defines the meaning of each status:
 * https://docs.trakt.tv/reference/postoauthdevicetoken
 */
export const isTrakt = (host: string): boolean => /(?:^|\.)trakt\.tv$/i.test(host)

/**
 * Returns the key for a poll response without an error code.
 *
 * **Details**
 *
 * Trakt defines these statuses: 400 if the user has not approved the code yet, 404 for an unknown code, 409 for a code that
 * has already been used, 410 for an expired code, and 418 if the user declined. A 400 without a code counts as pending at
 * every provider. Polling until the code expires is harmless, but giving up would lose a sign-in that is about to be
 * approved. At other providers, a 404 can come from an intermediary.
 */
export const keyOf = (status: number, host: string): Key | undefined =>
  status === 404 && isTrakt(host) ? "invalid_grant" : keys.get(status)
