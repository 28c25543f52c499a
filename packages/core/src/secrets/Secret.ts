/**
 * Reads the secrets that a caller gives as `Redacted`, and names the mistake where two copies of Effect are installed.
 *
 * **Details**
 *
 * Each copy of Effect keeps its secrets in a registry of its own. A secret that one copy made cannot be read by another,
 * and `Redacted.value` then says only "Unable to get redacted value".
 */
import * as Redacted from "effect/Redacted"
import { copies, type Copy } from "./copies.ts"

export type { Copy }

/** The release of Effect that this package accepts, as its manifest states it. */
const wanted = "^4.1.0"

/**
 * The value of a secret.
 *
 * **Details**
 *
 * Throws an `Error` of one line if another copy of Effect made the secret: it names the package that reads, the release
 * and folder of both copies where Node can find them, and the release to install. A secret that was wiped throws what
 * `Redacted.value` throws.
 */
export const value = <A>(secret: Redacted.Redacted<A>): A => {
  try {
    return Redacted.value(secret)
  } catch (error) {
    if (isOurs(secret)) throw error
    throw new Error(mismatch(copies()), { cause: error })
  }
}

/** A copy of Effect gives all of its secrets the same prototype. */
const isOurs = (secret: Redacted.Redacted<unknown>): boolean =>
  Object.getPrototypeOf(secret) === Object.getPrototypeOf(Redacted.make(""))

/** What is said of two copies, on one line. */
export const mismatch = ({ ours, theirs }: { readonly ours?: Copy; readonly theirs?: Copy }): string => {
  const uses = ours === undefined ? "one copy of effect" : `effect ${ours.version} (${ours.folder})`
  const other = theirs === undefined ? "another" : `effect ${theirs.version} (${theirs.folder})`
  return `@holdfast/core uses ${uses}, but ${other} made a secret that it was given; install one copy of effect, ${wanted} (npm ls effect shows all)`
}
