/**
 * Finds the row of the transport table for an error code or name. The retry engine looks up error objects here, and
 * explanations look up texts.
 */
import { rows } from "./rows.ts"

/** The keys of all rows. */
export const keys: ReadonlySet<string> = new Set(rows.flatMap((row) => ("key" in row ? [row.key] : [])))

const families = [...keys].filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1))

/** The key of a code's family: `ERR_SSL_*` for `ERR_SSL_NO_CIPHERS_AVAILABLE`. */
export const familyOf = (code: string): string | undefined => {
  const family = families.find((beginning) => code.startsWith(beginning))
  return family === undefined ? undefined : `${family}*`
}

/** The keys of platform errors that have a name but no code. */
export const byName: Readonly<Record<string, string>> = {
  AbortError: "UND_ERR_DESTROYED",
  TimeoutError: "RequestTimedOut",
}

/** Whether a reset ended a handshake. Node reports both with the code ECONNRESET; only the message differs. */
export const isUnfinishedHandshake = (message: string): boolean => /before secure TLS connection/.test(message)
