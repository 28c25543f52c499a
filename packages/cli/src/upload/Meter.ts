/**
 * How fast a file goes and how long it still takes: pure arithmetic over the progress of its upload, time is an argument.
 *
 * **Details**
 *
 * Rate and time left come from confirmed bytes alone, since what was sent may still be lost.
 */
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Progress from "@holdfast/c2c/Progress"

/** Confirmed bytes at a time, in milliseconds. */
interface Sample {
  readonly at: number
  readonly confirmed: number
}

/** The meter of one file. */
export interface Meter {
  readonly progress: Progress.Progress
  /** The samples of the window, and the last one before it. */
  readonly samples: ReadonlyArray<Sample>
}

/** The rate looks back 20 s: long enough to smooth over a few retries, short enough to notice a slow network. */
const window = 20_000

/** A meter that has seen nothing. */
export const empty: Meter = { progress: Progress.empty, samples: [] }

/** The meter after one more event of the upload. */
export const next = (meter: Meter, event: UploadEvent, now: number): Meter => {
  const progress = Progress.next(meter.progress, event)
  // Bytes flow from the asset's creation on: a wait for a sign-in before it says nothing about the network, and what was
  // measured with an asset before this one is void.
  if (event._tag === "AssetCreated") return { progress, samples: [{ at: now, confirmed: progress.confirmed }] }
  if (progress.confirmed === meter.progress.confirmed) return { ...meter, progress }
  return { progress, samples: [...recent(meter.samples, now), { at: now, confirmed: progress.confirmed }] }
}

const recent = (samples: ReadonlyArray<Sample>, now: number): ReadonlyArray<Sample> => {
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
export const read = ({ progress, samples }: Meter, now: number): Reading => {
  const { bytes: total, confirmed } = progress
  const base = recent(samples, now)[0]
  const start = base === undefined ? now : Math.max(base.at, now - window)
  const grown = confirmed - (base?.confirmed ?? 0)
  const rate = grown > 0 && now > start ? (grown * 1000) / (now - start) : undefined
  return {
    total,
    sent: progress.sent,
    confirmed,
    rate,
    left: rate === undefined ? undefined : ((total - confirmed) * 1000) / rate,
  }
}
