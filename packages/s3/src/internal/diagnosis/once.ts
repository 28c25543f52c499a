/**
 * Keeps what was derived from the facts of an exchange.
 */
import type { S3Facts } from "./facts.ts"

/** Derives a value from the facts once, because several dozen rules ask for it. */
export const once = <A>(derive: (facts: S3Facts) => A): ((facts: S3Facts) => A) => {
  const known = new WeakMap<S3Facts, { readonly value: A }>()
  return (facts) => {
    const found = known.get(facts)
    if (found !== undefined) return found.value
    const value = derive(facts)
    known.set(facts, { value })
    return value
  }
}
