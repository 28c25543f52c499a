/**
 * The timeout for one attempt to send a chunk. The timeout depends on the progress of the transfer or, if progress cannot be
 * observed, on the size of the chunk.
 */
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * The time allowed for sending a chunk and, separately, for receiving the response after the last byte: 5 min, as in
 * Frame.io's error guide.
 */
const total = Timeouts.chunk

/**
 * A transfer at a rate of at least 8 KiB/s may exceed the time limit. This rate is about a third of the 22 KB/s available to
 * crews on location.
 */
const rate = 8 * 1024

/** The maximum time without progress: 60 s, which is three times S3's own `RequestTimeout` of about 20 s. */
const idle = Duration.seconds(60)

/** If progress cannot be observed, an attempt is allowed 5 min for each 64 MiB of its chunk. */
const blindLength = 64 * 1024 * 1024

/** Overrides of the default timeouts. */
export interface Options {
  /**
   * The time allowed for sending a chunk and, separately, for receiving the response after its last byte. Default:
   * {@link total}.
   */
  readonly total?: Duration.Input | undefined
  /**
   * The minimum rate, in bytes per second, at which a transfer may exceed the time limit; must be greater than 0. Default:
   * {@link rate}.
   */
  readonly rate?: number | undefined
  /** The maximum time without progress while some bytes are still unsent. Default: {@link idle}. */
  readonly idle?: Duration.Input | undefined
}

/** Times are in milliseconds, and the rate is in bytes per second. */
export interface Limits {
  readonly total: number
  readonly rate: number
  readonly idle: number
}

/** Checks the options and throws an `InvalidPolicy` if an option is invalid. */
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

/** Describes the limit that was exceeded. */
export type Reason = string

/** Returns how many bytes of an attempt have left this machine, or `undefined` if that cannot be observed. */
export type Sent = () => number | undefined

/**
 * Returns how long, in milliseconds, this machine rather than the network has held an attempt back, up to a point on the
 * monotonic clock.
 */
export type Held = (now: number) => number

/** How often the progress is checked and reported. */
const tick = Duration.seconds(1)

/** What an attempt adds to the checks. */
export interface Attempt {
  /** Default: never held back. */
  readonly held?: Held | undefined
  /**
   * Reports the progress: runs before each check but the first one. A fiber of its own would cost more than the rest of a short
   * attempt. Default: nothing.
   */
  readonly report?: Effect.Effect<unknown> | undefined
}

/**
 * Waits until an attempt has exceeded a limit, and returns the reason.
 *
 * **Details**
 *
 * | while | the attempt ends |
 * | --- | --- |
 * | bytes are left to send | after `idle` without a byte; after `total`, as soon as the rate of a minute is below `rate` |
 * | the response is due | `total` after the last byte |
 * | progress cannot be observed | after `total` for each 64 MiB or part of it |
 *
 * Time in which `held` grows does not count, because the attempt itself sends nothing.
 */
export const expiry = (
  length: number,
  sent: Sent,
  limits: Limits,
  { held = () => 0, report = Effect.void }: Attempt = {},
): Effect.Effect<Reason> =>
  Effect.gen(function* () {
    const startedAt = yield* Monotonic.millis
    let now = startedAt
    /** The duration of the attempt, without the time for which the attempt was held. */
    let at = startedAt
    let heldBefore = held(startedAt)
    let moved = 0
    let movedAt = startedAt
    let doneAt: number | undefined
    let minute = { at: startedAt, moved: 0 }
    let previous = minute
    const blind = blindLimit(length, limits.total)
    for (;;) {
      const known = sent()
      if (known === undefined) {
        if (at - startedAt >= blind) return `no response within ${text(blind)}`
      } else if (known >= length) {
        doneAt ??= at
        if (at - doneAt >= limits.total) return `no response within ${text(limits.total)} after the last byte was sent`
      } else {
        if (known !== moved) movedAt = at
        moved = known
        if (at - movedAt >= limits.idle) return `no byte for ${text(limits.idle)}, ${of(moved, length)}`
        if (at - minute.at >= window) {
          previous = minute
          minute = { at, moved }
        }
        const slow = (moved - previous.moved) * 1000 < limits.rate * (at - previous.at)
        if (at - startedAt >= limits.total && slow) {
          return `the transfer rate was below ${limits.rate} bytes/s after ${text(at - startedAt)}, ${of(moved, length)}`
        }
      }
      yield* Effect.sleep(tick)
      yield* report
      const before = now
      now = yield* Monotonic.millis
      const heldUntil = held(now)
      at += Math.max(0, now - before - (heldUntil - heldBefore))
      heldBefore = heldUntil
    }
  })

/** The interval over which the transfer rate is measured, in milliseconds. */
const window = 60_000

/**
 * The time limit, in milliseconds, for a chunk whose progress cannot be observed: `total` for each 64 MiB of the chunk,
 * rounded up.
 */
const blindLimit = (length: number, total: number): number => total * Math.max(1, Math.ceil(length / blindLength))

const text = (millis: number): string => Duration.format(Duration.millis(millis))

const of = (moved: number, length: number): string => `${moved} of ${length} bytes sent`
