/**
 * Finds the row of the transport table for an error code or name. The retry engine uses this module for error objects, and
 * the diagnosis rules use it for message text.
 */
import { rows } from "./rows.ts"

/** The keys of all rows. */
export const keys: ReadonlySet<string> = new Set(rows.flatMap((row) => ("key" in row ? [row.key] : [])))

const families = [...keys].filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1))

/**
 * Returns the key of the family to which an error code belongs. For example, `ERR_SSL_NO_CIPHERS_AVAILABLE` belongs to
 * `ERR_SSL_*`.
 */
export const familyOf = (code: string): string | undefined => {
  const family = families.find((beginning) => code.startsWith(beginning))
  return family === undefined ? undefined : `${family}*`
}

/** The keys of platform errors that have a name but no code. */
export const byName: Readonly<Record<string, string>> = {
  AbortError: "UND_ERR_DESTROYED",
  TimeoutError: "RequestTimedOut",
}

/**
 * Whether a connection reset interrupted a TLS handshake. Node reports resets during a handshake and all other resets with
 * the same code, ECONNRESET; only the message differs.
 */
export const isUnfinishedHandshake = (message: string): boolean => /before secure TLS connection/.test(message)
