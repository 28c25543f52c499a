/**
 * Identifiers, codes and tokens of a sandbox, drawn from its seed, so that a run can be replayed to the letter.
 *
 * **Gotchas**
 *
 * The seed determines every token. That is right for a server that only ever listens on loopback, and wrong
 * anywhere else.
 */
import { createHmac } from "node:crypto"

/** A source of identifiers: the nth one of a kind is always the same for one seed. */
export interface Identifiers {
  /** 32 hexadecimal digits. */
  readonly hex: (kind: string) => string
  /** In the shape of a UUID. */
  readonly uuid: (kind: string) => string
  /** Six digits, as a person types them. */
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
