/**
 * Describes an adaptive limit in words.
 */
import { describeRoom } from "../limits/describe.ts"
import type { Room } from "../limits/places.ts"
import type { Bounds } from "./algorithm.ts"

/** Describes the limit: `adaptive limit 1 to 200 by gradient`. */
export const describe = ({
  algorithm,
  bounds: { max, min },
  room,
}: {
  readonly bounds: Bounds
  readonly algorithm: string
  readonly room: Room
}): string => `adaptive limit ${min} to ${max} by ${algorithm}${describeRoom(room)}`
