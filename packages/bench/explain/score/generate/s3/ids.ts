/**
 * Keys and request IDs in the formats of the storages.
 */
import * as Chance from "../chance.ts"
import type { Random } from "../chance.ts"
import type { Pairs } from "./wire.ts"

/** A key of Amazon; temporary ones begin with other letters. */
export const amazonKey = (random: Random, temporary: boolean): string =>
  `${temporary ? "ASIA" : "AKIA"}${Chance.letters(random, 9, Chance.upper)}EXAMPLE`

/** A key of a storage without a prefix. */
export const plainKey = (random: Random): string => `${Chance.letters(random, 13, Chance.upper)}EXAMPLE`

/** Amazon's two request IDs. */
export const amazonIds = (random: Random): { readonly headers: Pairs; readonly elements: Pairs } => {
  const id = Chance.letters(random, 16, Chance.upper)
  const host = `${Chance.letters(random, 75, Chance.base64)}=`
  return {
    headers: [
      ["x-amz-request-id", id],
      ["x-amz-id-2", host],
    ],
    elements: [
      ["RequestId", id],
      ["HostId", host],
    ],
  }
}

/** The request IDs of Ceph's gateway in a zone. */
export const cephIds = (zone: string) => (random: Random) => {
  const id = `tx${Chance.hex(random, 21)}-${Chance.hex(random, 10)}-${Chance.hex(random, 4)}-${zone}`
  return {
    headers: [["x-amz-request-id", id]] as Pairs,
    elements: [
      ["RequestId", id],
      ["HostId", `${Chance.hex(random, 4)}-${zone}-${zone}`],
    ] as Pairs,
  }
}

/** A request ID in a header, and in a document if there is an element for it. */
export const header = (name: string, make: (random: Random) => string, element?: string) => (random: Random) => {
  const id = make(random)
  return { headers: [[name, id]] as Pairs, elements: (element === undefined ? [] : [[element, id]]) as Pairs }
}
