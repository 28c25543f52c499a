/**
 * Facebook's error numbers: `code` and `error_subcode` in the `error` object.
 */
import type { Name } from "./causes.ts"

/** The URL of the documentation for the error numbers. */
export const source = "https://developers.facebook.com/docs/graph-api/guides/error-handling"

/**
 * Subcodes take precedence over codes because subcodes are more specific. The last three subcodes are documented at
 * https://developers.facebook.com/docs/facebook-login/for-devices.
 */
const subcodes: ReadonlyMap<number, Name> = new Map([
  [458, "tokenRevoked"],
  [459, "signInAgain"],
  [460, "password"],
  [463, "tokenExpired"],
  [464, "accountClosed"],
  [467, "tokenRevoked"],
  [490, "secondFactor"],
  [493, "tokenExpired"],
  [492, "accountClosed"],
  [36009, "codeUsed"],
  [36007, "codeRefused"],
  [1349174, "pending"],
  [1349172, "tooFast"],
  [1349152, "codeExpired"],
])

const codes: ReadonlyMap<number, Name> = new Map([
  [1, "serverError"],
  [2, "unavailable"],
  [4, "tooFast"],
  [3, "tokenScope"],
  [10, "tokenScope"],
  [17, "tooFast"],
  [32, "tooFast"],
  [102, "tokenExpired"],
  [190, "tokenExpired"],
  [341, "tooFast"],
  [613, "tooFast"],
  [2500, "noToken"],
])

/** Returns the cause that the error numbers identify. Codes from 200 to 299 concern permissions. */
export const causeOf = (code: number | undefined, subcode: number | undefined): Name | undefined =>
  (subcode === undefined ? undefined : subcodes.get(subcode)) ??
  (code === undefined ? undefined : (codes.get(code) ?? (code >= 200 && code < 300 ? "tokenScope" : undefined)))
