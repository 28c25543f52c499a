/**
 * The storage's data about the signing key of a request.
 */
import * as Refusals from "./refusals.ts"
import type { Refusal } from "./wire.ts"
import type { World } from "./World.ts"

/** The claimed identity of a request, and its credentials. */
export const checkKey = (
  { storage }: World,
  id: string,
  known: string,
  token: string | undefined,
): Refusal | undefined => {
  if (storage.secret === undefined || id !== known) return Refusals.unknownKey(id)
  if (storage.token === undefined) return token === undefined ? undefined : Refusals.badToken(token)
  if (token === undefined) return Refusals.unknownKey(id)
  if (token !== storage.token) return Refusals.badToken(token)
  return storage.sessionEnded ? Refusals.sessionEnded(token) : undefined
}
