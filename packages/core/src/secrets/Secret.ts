/**
 * Reads secrets given as `Redacted` and explains the failure if two copies of Effect are installed.
 *
 * **Details**
 *
 * Each copy of Effect has its own registry of secrets. One copy of Effect cannot read a secret that another copy created. In
 * that case, `Redacted.value` throws an error that says only "Unable to get redacted value".
 */
import * as Redacted from "effect/Redacted"
import { unquoted } from "../pipeline/InvalidPolicy.ts"
import { copies, type Copy } from "./copies.ts"

export type { Copy }

/** The range of Effect versions that this package accepts, as specified in its manifest. */
const wanted = "^4.1.0"

/**
 * Returns the value of a secret.
 *
 * **Details**
 *
 * Throws an `Error` with a one-line message if another copy of Effect created the secret. The message contains the name of
 * the package that reads the secret, the version and folder of both copies if Node can find them, and the version to install.
 * Throws the same error as `Redacted.value` if the secret has been wiped. If the value is not `Redacted`, throws a
 * `TypeError` that does not quote the value.
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

/** Whether this copy of Effect created a secret. All secrets created by one copy share a prototype. */
const isOurs = (secret: Redacted.Redacted<unknown>): boolean =>
  Object.getPrototypeOf(secret) === Object.getPrototypeOf(Redacted.make(""))

/** Describes two copies of Effect in one line. */
export const mismatch = ({ ours, theirs }: { readonly ours?: Copy; readonly theirs?: Copy }): string => {
  const uses = ours === undefined ? "one copy of effect" : `effect ${ours.version} (${ours.folder})`
  const other = theirs === undefined ? "another copy" : `effect ${theirs.version} (${theirs.folder})`
  return `@holdfast/core uses ${uses}, but received a secret created by ${other}; install a single copy of effect, version ${wanted} (npm ls effect lists all copies)`
}
