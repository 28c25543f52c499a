/**
 * Limits the bytes per second that uploads send, with a limit that may depend on the time of the week.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { Bucket } from "./internal/bandwidth/bucket.ts"
import * as Rate from "./internal/bandwidth/rate.ts"
import * as Timetables from "./internal/bandwidth/timetable.ts"
import * as RoundRobin from "./internal/queue/roundRobin.ts"

export type { LocalMinute, Slot, Timetable } from "./internal/bandwidth/timetable.ts"

/** The text of a limit or a timetable is invalid. */
export class BandwidthInvalid extends Schema.TaggedError<BandwidthInvalid>()("BandwidthInvalid", {
  verdict: VerdictSchema,
  given: Schema.String,
  /** The requirement, followed by the given value. */
  reason: Schema.String,
  action: Schema.String,
}) {
  override get message() {
    return `The bandwidth limit is invalid: ${this.reason}`
  }
}

/** The timetable without a limit. */
export const unlimited: Timetables.Timetable = Timetables.constant(Rate.unlimited)

/**
 * Parses a limit, or a timetable in the syntax of rclone's `--bwlimit`.
 *
 * **Details**
 *
 * A limit is a number with a unit: `512k`, `10M` or `1.5G` for bytes, `20Mbit/s` for bits, or `off`. `20M` means 20 MiB/s,
 * which is 20 971 520 bytes per second. `20Mbit/s` means 2 500 000 bytes per second. A number without a unit is in KiB/s.
 *
 * A timetable is a list of times with limits, such as `08:00,512k 12:00,10M 18:00,30M 23:00,off`. A time may have a weekday,
 * as in `Mon-00:00,512 Fri-23:59,10M Sat-10:00,1M Sun-20:20,off`. A time without a weekday applies to every day. Each limit
 * applies until the next time of the week. Times are local times.
 */
export const parse = (text: string): Result.Result<Timetables.Timetable, BandwidthInvalid> =>
  Result.mapError(
    Timetables.parse(text),
    (reason) =>
      new BandwidthInvalid({
        verdict: Verdict.never({ change: "human" }),
        given: text,
        reason,
        action:
          'Give a limit such as 10M (MiB/s) or 20Mbit/s, or a timetable such as "08:00,512k 18:00,30M 23:00,off".',
      }),
  )

/** Prints a limit in bytes per second, such as `10 MiB/s` or `off`. */
export const print: (bytesPerSecond: number) => string = Rate.print

/** Converts epoch milliseconds to local time. The default uses the time zone of the process. */
export const LocalTime = Context.Reference<(epochMillis: number) => Timetables.LocalMinute>(
  "@holdfast/durable/LocalTime",
  {
    defaultValue: () => (epochMillis) => {
      // `Date` reads the zone of the process at each call. @effect-diagnostics-next-line globalDate:off
      const date = new Date(epochMillis)
      return { day: date.getDay(), minute: date.getHours() * 60 + date.getMinutes() }
    },
  },
)

/** How often the wall clock is compared with the timetable, in milliseconds. */
const refreshEvery = 250

/** A call of `pace` that waits for its bytes. */
interface Waiter {
  readonly bytes: number
  granted: number
  resume: (() => void) | undefined
}

/**
 * Limits the bytes per second that all uploads of this process send together.
 *
 * **Details**
 *
 * `pace` waits until some bytes may be sent and returns how many: at least 1, at most the given number, and at most as many
 * bytes as the limit allows in 50 ms (but this cap is at least 256). Callers take turns by `key`, so each key receives the
 * same share. Over any 5 s, the number of bytes sent differs from the limit by less than 5 %. A new timetable, the next limit
 * of a timetable and a change of the wall clock or the time zone's offset apply within a quarter of a second.
 *
 * **Gotchas**
 *
 * When local time jumps forward, as in spring, a limit that begins in the missing hour applies right after it. When local
 * time goes back, as in autumn, the limits of the repeated hour apply twice.
 */
export class Bandwidth extends Context.Service<
  Bandwidth,
  {
    /** The timetable. Set it to change the limit at run time. */
    readonly timetable: SubscriptionRef.SubscriptionRef<Timetables.Timetable>
    /** The current limit in bytes per second; `Infinity` without a limit. */
    readonly limit: Effect.Effect<number>
    readonly pace: (bytes: number, key?: string) => Effect.Effect<number>
    /** Whether the limit has held a caller within the last second. */
    readonly isLimiting: Effect.Effect<boolean>
  }
>()("@holdfast/durable/Bandwidth") {
  /** Provides the limits of a timetable. */
  static readonly layer = (timetable: Timetables.Timetable = unlimited): Layer.Layer<Bandwidth> =>
    Layer.effect(Bandwidth, make(timetable))
}

/** Creates a limiter. Its timer runs in the scope. */
export const make = Effect.fnUntraced(function* (
  initial: Timetables.Timetable = unlimited,
): Effect.fn.Return<Bandwidth["Service"], never, Scope.Scope> {
  const scope = yield* Effect.scope
  const clock = yield* Clock.Clock
  const local = yield* LocalTime
  const timetable = yield* SubscriptionRef.make(initial)
  const bucket = new Bucket()
  const waiters = RoundRobin.make<Waiter>()
  let isTimerRunning = false
  let limitedAt: number | undefined
  let known: { readonly timetable: Timetables.Timetable; readonly at: number; readonly rate: number } | undefined

  const rateAt = (now: number): number => {
    const current = SubscriptionRef.getUnsafe(timetable)
    if (known === undefined || known.timetable !== current || now - known.at >= refreshEvery) {
      const rate = Timetables.rateAt(current, local(clock.currentTimeMillisUnsafe()))
      known = { timetable: current, at: now, rate }
    }
    return known.rate
  }

  /**
   * Serves waiters while the bucket has tokens. Returns the number of milliseconds after which to continue, if any waiter is
   * left.
   */
  const serve = (now: number): number | undefined => {
    bucket.advance(rateAt(now), now)
    for (;;) {
      const waiter = waiters.peek()
      if (waiter === undefined) return undefined
      waiter.granted = bucket.take(waiter.bytes)
      if (waiter.granted === 0) {
        limitedAt = now
        return Math.min(refreshEvery, Math.max(1, Math.ceil(bucket.waitFor(waiter.bytes))))
      }
      waiters.take()
      waiter.resume?.()
    }
  }

  const timer = Effect.gen(function* () {
    for (;;) {
      const wait = serve(Monotonic.millisOf(clock))
      if (wait === undefined) {
        // Set before the fiber can yield: a later caller starts the timer again.
        isTimerRunning = false
        return
      }
      yield* Effect.sleep(wait)
    }
  })

  const startTimer = Effect.suspend(() => {
    if (isTimerRunning) return Effect.void
    isTimerRunning = true
    return Effect.asVoid(Effect.forkIn(timer, scope))
  })

  const pace = (bytes: number, key = "") =>
    Effect.suspend(() => {
      if (bytes <= 0) return Effect.succeed(0)
      const waiter: Waiter = { bytes, granted: 0, resume: undefined }
      waiters.add(key, waiter)
      if (!isTimerRunning && serve(Monotonic.millisOf(clock)) === undefined) return Effect.succeed(waiter.granted)
      const granted = Effect.callback<number>((resume) => {
        if (waiter.granted > 0) return resume(Effect.succeed(waiter.granted))
        waiter.resume = () => resume(Effect.succeed(waiter.granted))
        return undefined
      })
      return Effect.onInterrupt(Effect.andThen(startTimer, granted), () =>
        Effect.sync(() => waiters.remove(key, waiter)),
      )
    })

  return {
    timetable,
    limit: Effect.sync(() => rateAt(Monotonic.millisOf(clock))),
    pace,
    isLimiting: Effect.sync(() => limitedAt !== undefined && Monotonic.millisOf(clock) - limitedAt < 1000),
  }
})
