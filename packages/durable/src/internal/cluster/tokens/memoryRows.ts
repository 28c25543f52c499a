/**
 * Keeps the sign-ins of devices in memory.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { lockFor, type Condition, type Content, type Rows } from "./rows.ts"

interface Row {
  content: Content | undefined
  owner: string | undefined
  until: number
}

/** Returns empty rows. */
export const make = (): Rows => {
  const rows = new Map<string, Row>()
  const of = (device: string): Row => {
    let row = rows.get(device)
    if (row === undefined) rows.set(device, (row = { content: undefined, owner: undefined, until: 0 }))
    return row
  }
  const allows = (row: Row, when: Condition): boolean => {
    if (when._tag === "always") return true
    return row.content?.access === when.access && (when._tag === "parent" || row.owner === when.owner)
  }
  return {
    name: "in memory",
    read: (device) => Effect.sync(() => rows.get(device)?.content),
    replace: (device, next, when) =>
      Effect.sync(() => {
        const row = of(device)
        if (!allows(row, when)) return false
        row.content = next
        return true
      }),
    remove: (device) =>
      Effect.sync(() => {
        of(device).content = undefined
      }),
    lock: (device, owner) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const row = of(device)
        if (row.owner !== undefined && row.owner !== owner && row.until > now) return false
        row.owner = owner
        row.until = now + lockFor
        return true
      }),
    unlock: (device, owner) =>
      Effect.sync(() => {
        const row = of(device)
        if (row.owner === owner) row.owner = undefined
      }),
    devices: Effect.sync(() => [...rows].filter(([, row]) => row.content !== undefined).map(([device]) => device)),
  }
}
