/**
 * The row of the transport table that a code or a name of an error belongs to. The engine reads error objects and an explanation
 * reads their words, and both look up the row here.
 */
import { rows } from "./rows.ts"

/** The keys of all rows. */
export const keys: ReadonlySet<string> = new Set(rows.flatMap((row) => ("key" in row ? [row.key] : [])))

const families = [...keys].filter((key) => key.endsWith("*")).map((key) => key.slice(0, -1))

/** The key of the family of a code: `ERR_SSL_*` of `ERR_SSL_NO_CIPHERS_AVAILABLE`. */
export const familyOf = (code: string): string | undefined => {
  const family = families.find((beginning) => code.startsWith(beginning))
  return family === undefined ? undefined : `${family}*`
}

/** The keys of errors of the platform that have a name and no code. */
export const byName: Readonly<Record<string, string>> = {
  AbortError: "UND_ERR_DESTROYED",
  TimeoutError: "RequestTimedOut",
}

/** Whether a reset ended a handshake. Node reports both with the code ECONNRESET; only the message differs. */
export const isUnfinishedHandshake = (message: string): boolean => /before secure TLS connection/.test(message)
