/**
 * How far the files are: bytes sent, bytes confirmed, rate and time left. Pure arithmetic, time is an argument.
 *
 * **Details**
 *
 * Sent is what the current attempt of each chunk has handed over, so a failed attempt takes its bytes back and sent
 * never passes the total. Confirmed is what the server has acknowledged; rate and time left come from it alone.
 */

/** What happened to a chunk, or to the file. */
export type Change =
  | { readonly _tag: "Opened"; readonly bytes: number }
  | { readonly _tag: "ChunkSent"; readonly index: number; readonly bytes: number }
  | { readonly _tag: "ChunkFailed"; readonly index: number }
  | { readonly _tag: "ChunkConfirmed"; readonly index: number; readonly bytes: number }
  | { readonly _tag: "Recreated" }

/** Confirmed bytes at a time. */
interface Sample {
  readonly at: number
  readonly confirmed: number
}

/** The meter of one file. */
export interface Meter {
  readonly total: number
  readonly sent: ReadonlyMap<number, number>
  readonly confirmed: ReadonlyMap<number, number>
  readonly samples: ReadonlyArray<Sample>
}

/** The rate looks back this far: long enough to smooth over one retry, short enough to notice a slow network. */
export const window = 20_000

/** The meter of a file of which nothing was sent yet. */
export const make = (total: number, now: number): Meter => ({
  total,
  sent: new Map(),
  confirmed: new Map(),
  samples: [{ at: now, confirmed: 0 }],
})

const sum = (counts: ReadonlyMap<number, number>): number => {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

const withEntry = (counts: ReadonlyMap<number, number>, index: number, count: number): ReadonlyMap<number, number> =>
  new Map(counts).set(index, count)

/** The meter after a change. */
export const apply = (meter: Meter, change: Change, now: number): Meter => {
  switch (change._tag) {
    case "Opened":
      return make(change.bytes, now)
    case "ChunkSent":
      return { ...meter, sent: withEntry(meter.sent, change.index, change.bytes) }
    case "ChunkFailed": {
      const sent = new Map(meter.sent)
      sent.delete(change.index)
      return { ...meter, sent }
    }
    case "ChunkConfirmed": {
      const confirmed = withEntry(meter.confirmed, change.index, change.bytes)
      return {
        ...meter,
        sent: withEntry(meter.sent, change.index, change.bytes),
        confirmed,
        samples: [...since(meter.samples, now), { at: now, confirmed: sum(confirmed) }],
      }
    }
    // A new asset begins with nothing stored, whatever the old one had.
    case "Recreated":
      return make(meter.total, now)
  }
}

/** The samples of the window, and the last one before it, from which the window's growth is measured. */
const since = (samples: ReadonlyArray<Sample>, now: number): ReadonlyArray<Sample> => {
  const first = samples.findIndex((sample) => sample.at >= now - window)
  return first < 0 ? samples.slice(-1) : samples.slice(Math.max(0, first - 1))
}

/** What a person wants to know. */
export interface Reading {
  readonly total: number
  readonly sent: number
  readonly confirmed: number
  /** Confirmed bytes per second over the window; absent while nothing was confirmed in it. */
  readonly rate: number | undefined
  /** Milliseconds until the last byte is confirmed; absent when there is no rate. */
  readonly left: number | undefined
}

/** Reads the meter. */
export const read = (meter: Meter, now: number): Reading => {
  const confirmed = Math.min(meter.total, sum(meter.confirmed))
  const sent = Math.min(meter.total, Math.max(confirmed, sum(meter.sent)))
  const base = since(meter.samples, now)[0]
  const start = base === undefined ? now : Math.max(base.at, now - window)
  const grown = confirmed - (base?.confirmed ?? 0)
  const rate = grown > 0 && now > start ? (grown * 1000) / (now - start) : undefined
  return {
    total: meter.total,
    sent,
    confirmed,
    rate,
    left: rate === undefined ? undefined : ((meter.total - confirmed) * 1000) / rate,
  }
}
