/**
 * Estimates the rate and the remaining time of a file from the progress of its upload. Pure; time is an argument.
 *
 * **Details**
 *
 * Only confirmed bytes count, because bytes that were merely sent may still be lost.
 */
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Progress from "@holdfast/c2c/Progress"

/** Confirmed bytes at a time in milliseconds. */
interface Sample {
  readonly at: number
  readonly confirmed: number
}

/** The state of one file's meter. */
export interface Meter {
  readonly progress: Progress.Progress
  /** The samples of the window, and the last sample before it. */
  readonly samples: ReadonlyArray<Sample>
}

/** The length of the window in milliseconds. 20 s smooth over a few retries and still show a slow network soon. */
const window = 20_000

/** A meter without samples. */
export const empty: Meter = { progress: Progress.empty, samples: [] }

/** The meter after one more event of the upload. */
export const next = (meter: Meter, event: UploadEvent, now: number): Meter => {
  const progress = Progress.next(meter.progress, event)
  // Bytes flow only after the asset is created. A wait for a sign-in before it does not count, and a new asset discards
  // the samples of the previous one.
  if (event._tag === "AssetCreated") return { progress, samples: [{ at: now, confirmed: progress.confirmed }] }
  if (progress.confirmed === meter.progress.confirmed) return { ...meter, progress }
  return { progress, samples: [...recent(meter.samples, now), { at: now, confirmed: progress.confirmed }] }
}

const recent = (samples: ReadonlyArray<Sample>, now: number): ReadonlyArray<Sample> => {
  const first = samples.findIndex((sample) => sample.at >= now - window)
  return first < 0 ? samples.slice(-1) : samples.slice(Math.max(0, first - 1))
}

/** The values of the meter. */
export interface Reading {
  readonly total: number
  readonly sent: number
  readonly confirmed: number
  /** Confirmed bytes per second over the window; absent if none were confirmed in it. */
  readonly rate: number | undefined
  /** Milliseconds until the last byte is confirmed; absent without a rate. */
  readonly left: number | undefined
}

/** Computes the values of the meter. */
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
