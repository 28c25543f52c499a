/**
 * The identifiers, codes and tokens of a sandbox. They are derived from the sandbox's seed, so a replayed run has the same
 * ones.
 *
 * **Gotchas**
 *
 * The tokens are predictable from the seed. Predictable tokens are acceptable only because the server listens on loopback.
 */
import { createHmac } from "node:crypto"

/** A source of identifiers. For one seed, the nth identifier of each type is always the same. */
export interface Identifiers {
  /** 32 hexadecimal digits. */
  readonly hex: (kind: string) => string
  /** 32 hexadecimal digits with the dashes of a UUID. */
  readonly uuid: (kind: string) => string
  /** Six digits that a user types. */
  readonly digits: (kind: string) => string
}

export const make = (seed: number): Identifiers => {
  const counts = new Map<string, number>()
  const next = (kind: string): Buffer => {
    const n = (counts.get(kind) ?? 0) + 1
    counts.set(kind, n)
    return createHmac("sha256", `holdfast sandbox ${seed}`).update(`${kind} ${n}`).digest()
  }
  const hex = (kind: string) => next(kind).toString("hex").slice(0, 32)
  return {
    hex,
    uuid: (kind) => hex(kind).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5"),
    digits: (kind) => String(next(kind).readUInt32BE(0) % 1_000_000).padStart(6, "0"),
  }
}
