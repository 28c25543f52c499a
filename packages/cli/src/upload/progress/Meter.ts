/**
 * Estimates the transfer rate and the remaining time of a file from the progress of its upload. The functions are pure and
 * receive the current time as an argument.
 *
 * **Details**
 *
 * Only confirmed bytes are counted, because bytes that have been sent but not confirmed may still be lost.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Progress from "@holdfast/c2c/Progress"

/** The number of confirmed bytes at a point in time (`at`, in milliseconds). */
interface Sample {
  readonly at: number
  readonly confirmed: number
}

/** The state of the meter for one file. */
export interface Meter {
  readonly progress: Progress.Progress
  /** The samples inside the window, and the last sample before the window. */
  readonly samples: ReadonlyArray<Sample>
}

/**
 * The length of the window in milliseconds. A window of 20 s smooths out a few retries but still shows promptly that the
 * network is slow.
 */
const window = 20_000

/** A meter without samples. */
export const empty: Meter = { progress: Progress.empty, samples: [] }

/** Returns the state of the meter after the next event from the upload. */
export const next = (meter: Meter, event: RealtimeEvent | UploadEvent, now: number): Meter => {
  const progress = Progress.next(meter.progress, event)
  // Bytes flow only after the asset is created or taken over from an earlier process. A wait for a sign-in before it does
  // not count, and a new asset discards the samples of the previous one.
  if (event._tag === "AssetCreated" || event._tag === "Resumed")
    return { progress, samples: [{ at: now, confirmed: progress.confirmed }] }
  if (progress.confirmed === meter.progress.confirmed) return { ...meter, progress }
  return { progress, samples: [...recent(meter.samples, now), { at: now, confirmed: progress.confirmed }] }
}

/** Returns the state of the meter of a file that another process sends, which reports only confirmed bytes. */
export const follow = (
  meter: Meter | undefined,
  { bytes, confirmed }: { readonly bytes: number; readonly confirmed: number },
  now: number,
): Meter => {
  const sample = { at: now, confirmed }
  const progress = { ...Progress.empty, bytes, sent: confirmed, confirmed }
  // A new asset begins with its first byte.
  if (meter === undefined || confirmed < meter.progress.confirmed) return { progress, samples: [sample] }
  if (confirmed === meter.progress.confirmed) return { ...meter, progress }
  return { progress, samples: [...recent(meter.samples, now), sample] }
}

const recent = (samples: ReadonlyArray<Sample>, now: number): ReadonlyArray<Sample> => {
  const first = samples.findIndex((sample) => sample.at >= now - window)
  return first < 0 ? samples.slice(-1) : samples.slice(Math.max(0, first - 1))
}

/** The values that the meter shows. */
export interface Reading {
  readonly total: number
  readonly sent: number
  readonly confirmed: number
  /**
   * The number of confirmed bytes per second during the window. The rate is `undefined` if no bytes were confirmed during the
   * window.
   */
  readonly rate: number | undefined
  /**
   * The estimated number of milliseconds until the last byte is confirmed. The value is `undefined` if the rate is unknown.
   */
  readonly left: number | undefined
}

/** Computes the current values of a meter. */
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

/** Adds up the values of several files. */
export const sum = (readings: ReadonlyArray<Reading>): Reading => {
  let total = 0
  let sent = 0
  let confirmed = 0
  let rate = 0
  for (const reading of readings) {
    total += reading.total
    sent += reading.sent
    confirmed += reading.confirmed
    rate += reading.rate ?? 0
  }
  return {
    total,
    sent,
    confirmed,
    rate: rate === 0 ? undefined : rate,
    left: rate === 0 ? undefined : ((total - confirmed) * 1000) / rate,
  }
}
