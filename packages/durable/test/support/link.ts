/**
 * A simulated link in plain virtual time: parts share its capacity, and a part sent over `slots` parts is answered with
 * SlowDown.
 */
import { PartsInFlight } from "../../src/internal/queue/partsInFlight.ts"

const MiB = 1024 * 1024

export interface Link {
  /** In bytes per second. */
  readonly capacity: number
  /** The most that one part reaches, in bytes per second. */
  readonly perPart: number
  /** The time before the first byte of each part, in milliseconds. */
  readonly latency: number
  /** More parts than this are answered with SlowDown after the latency. */
  readonly slots?: number
  /** How much each part beyond `knee` takes off the capacity, as a share of it. */
  readonly penalty?: number
  readonly knee?: number
  /** The length of the nth part. Default: 8 MiB. */
  readonly length?: (n: number) => number
}

interface Part {
  readonly attempt: ReturnType<PartsInFlight["started"]>
  readonly length: number
  readonly isRefused: boolean
  latency: number
  left: number
}

const step = 5

/**
 * Keeps the link busy for `seconds`. With a `fixed` number, this number of parts is in flight; otherwise `PartsInFlight`
 * decides. A refused part is sent again after a second.
 */
export const run = (link: Link, seconds: number, fixed?: number, capacityAt?: (second: number) => number) => {
  const parts = new PartsInFlight()
  const allowed = () => fixed ?? parts.limit
  let flying: Array<Part> = []
  const pending: Array<{ readonly at: number; readonly length: number }> = []
  const limits: Array<number> = []
  let sent = 0
  let refused = 0
  let n = 0
  for (let now = 0; now < seconds * 1000; now += step) {
    while (flying.length < allowed()) {
      const due = pending.findIndex(({ at }) => at <= now)
      const [again] = due < 0 ? [] : pending.splice(due, 1)
      const length = again?.length ?? link.length?.(n++) ?? 8 * MiB
      const isRefused = flying.length >= (link.slots ?? Number.POSITIVE_INFINITY)
      flying.push({ attempt: parts.started(now), length, isRefused, latency: link.latency, left: length })
    }
    const moving = flying.filter(({ latency }) => latency <= 0)
    const over = Math.max(0, moving.length - (link.knee ?? 16)) * (link.penalty ?? 0)
    const capacity = (capacityAt?.(now / 1000) ?? link.capacity) * Math.max(0.1, 1 - over)
    const each = (Math.min(link.perPart, capacity / Math.max(1, moving.length)) * step) / 1000
    const still: Array<Part> = []
    for (const part of flying) {
      if (part.latency > 0) part.latency -= step
      else part.left -= each
      if (part.latency <= 0 && part.isRefused) {
        refused++
        pending.push({ at: now + 1000, length: part.length })
        parts.ended(part.attempt, "overload", part.length, now + step, "limit")
      } else if (part.left <= 0) {
        sent += part.length
        parts.ended(part.attempt, "confirmed", part.length, now + step, "limit")
      } else still.push(part)
    }
    flying = still
    if (now % 1000 === 0) limits.push(parts.limit)
  }
  return { throughput: sent / seconds, refused, limits, limit: parts.limit }
}
