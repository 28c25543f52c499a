/**
 * Describes a bulkhead in words.
 */
import { describeRoom } from "../limits/describe.ts"
import type { Room } from "../limits/places.ts"

/** Returns a description of the bulkhead. For example: `bulkhead 4, queue 100, wait ≤ 10 s`. */
export const describe = ({ permits, room }: { readonly permits: number; readonly room: Room }): string =>
  `bulkhead ${permits}${describeRoom(room)}`
