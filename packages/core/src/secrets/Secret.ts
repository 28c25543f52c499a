/**
 * Reads secrets given as `Redacted`, and explains the failure if two copies of Effect are installed.
 *
 * **Details**
 *
 * Each copy of Effect has its own registry of secrets. A secret made by one copy cannot be read by another, and
 * `Redacted.value` then fails with only "Unable to get redacted value".
 */
import * as Redacted from "effect/Redacted"
import { unquoted } from "../pipeline/InvalidPolicy.ts"
import { copies, type Copy } from "./copies.ts"

export type { Copy }

/** The Effect version that this package accepts, as in its manifest. */
const wanted = "^4.1.0"

/**
 * The value of a secret.
 *
 * **Details**
 *
 * Throws an `Error` of one line if another copy of Effect made the secret. It names the package that reads the secret, the
 * release and folder of both copies if Node can find them, and the release to install. For a secret that was wiped, throws the
 * same error as `Redacted.value`. For a value that is not `Redacted`, throws a `TypeError` that does not quote it.
 */
export const value = <A>(secret: Redacted.Redacted<A>): A => {
  if (!Redacted.isRedacted(secret)) {
    throw new TypeError(`a secret must be Redacted (got ${unquoted(secret)}); use Redacted.make`)
  }
  try {
    return Redacted.value(secret)
  } catch (error) {
    if (isOurs(secret)) throw error
    throw new Error(mismatch(copies()), { cause: error })
  }
}

/** Whether this copy of Effect made a secret: all secrets of one copy share a prototype. */
const isOurs = (secret: Redacted.Redacted<unknown>): boolean =>
  Object.getPrototypeOf(secret) === Object.getPrototypeOf(Redacted.make(""))

/** Describes two copies on one line. */
export const mismatch = ({ ours, theirs }: { readonly ours?: Copy; readonly theirs?: Copy }): string => {
  const uses = ours === undefined ? "one copy of effect" : `effect ${ours.version} (${ours.folder})`
  const other = theirs === undefined ? "another" : `effect ${theirs.version} (${theirs.folder})`
  return `@holdfast/core uses ${uses}, but received a secret created by ${other}; install a single copy of effect, version ${wanted} (npm ls effect lists all copies)`
}
