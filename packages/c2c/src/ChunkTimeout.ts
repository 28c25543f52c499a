/**
 * How long one attempt of a chunk may take: by what moves, not by its size.
 */
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** The time for a chunk, and for its answer after the last byte: 5 min, the figure of Frame.io's error guide. */
export const total = Timeouts.chunk

/** The rate that extends the time while it is kept: 8 KiB/s, a third of the 22 KB/s that crews meet on location. */
export const rate = 8 * 1024

/** How long an unsent rest may stand still: 60 s, three times what S3 itself waits (`RequestTimeout`, about 20 s). */
export const idle = Duration.seconds(60)

/** Chunks up to this length have 5 min where their movement cannot be seen: 64 MiB. */
const blindLength = 64 * 1024 * 1024

/** How the time of a chunk differs from the default. */
export interface Options {
  /** The time for a chunk, and for its answer after the last byte. Default: {@link total}. */
  readonly total?: Duration.Input | undefined
  /** Bytes a second that extend the time; above 0. Default: {@link rate}. */
  readonly rate?: number | undefined
  /** The time without a byte while bytes are left to send. Default: {@link idle}. */
  readonly idle?: Duration.Input | undefined
}

/** Times in milliseconds, and the rate in bytes a second. */
export interface Limits {
  readonly total: number
  readonly rate: number
  readonly idle: number
}

/** Checks the options; throws an `InvalidPolicy`. */
export const limits = (options: Options = {}): Limits => {
  const read = InvalidPolicy.reader("ChunkTimeout")
  read.known(options, { total: true, rate: true, idle: true })
  const above = { min: 0, above: true }
  return {
    total: read.millis("total", options.total ?? total, above),
    rate: read.number("rate", options.rate ?? rate, above),
    idle: read.millis("idle", options.idle ?? idle, above),
  }
}

/** Which of the times has run out, in words. */
export type Reason = string

/** What is known of an attempt at one moment: how many bytes have left this machine, `undefined` where nothing shows it. */
export type Sent = () => number | undefined

/** How often the movement is looked at. */
const tick = Duration.seconds(1)

/**
 * Ends when the time of an attempt has run out, with the reason.
 *
 * **Details**
 *
 * | while | the attempt ends |
 * | --- | --- |
 * | bytes are left to send | after `idle` without a byte; after `total`, once a minute's bytes fall below `rate` |
 * | the answer is due | `total` after the last byte |
 * | nothing shows what moves | after `total` for each 64 MiB begun |
 */
export const expiry = (length: number, sent: Sent, limits: Limits): Effect.Effect<Reason> =>
  Effect.gen(function* () {
    const startedAt = yield* Monotonic.millis
    let at = startedAt
    let moved = 0
    let movedAt = startedAt
    let doneAt: number | undefined
    let minute = { at: startedAt, moved: 0 }
    let before = minute
    const blind = blindLimit(length, limits.total)
    for (;;) {
      const known = sent()
      if (known === undefined) {
        if (at - startedAt >= blind) return `no answer within ${text(blind)}`
      } else if (known >= length) {
        doneAt ??= at
        if (at - doneAt >= limits.total) return `no answer within ${text(limits.total)} after the last byte`
      } else {
        if (known !== moved) movedAt = at
        moved = known
        if (at - movedAt >= limits.idle) return `no byte for ${text(limits.idle)}, ${of(moved, length)}`
        if (at - minute.at >= window) {
          before = minute
          minute = { at, moved }
        }
        const slow = (moved - before.moved) * 1000 < limits.rate * (at - before.at)
        if (at - startedAt >= limits.total && slow) {
          return `less than ${limits.rate} bytes/s after ${text(at - startedAt)}, ${of(moved, length)}`
        }
      }
      yield* Effect.sleep(tick)
      at = yield* Monotonic.millis
    }
  })

/** The time over which the rate is measured. */
const window = 60_000

/** The time of a chunk whose movement cannot be seen, in milliseconds: `total` for each 64 MiB that it has begun. */
export const blindLimit = (length: number, total: number): number =>
  total * Math.max(1, Math.ceil(length / blindLength))

const text = (millis: number): string => Duration.format(Duration.millis(millis))

const of = (moved: number, length: number): string => `${moved} of ${length} bytes sent`
