/**
 * A clock that runs faster by a factor. It shortens all waits and expiries of the program, but not the work of sockets
 * and disks.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { performance } from "node:perf_hooks"

/** The interval, in real milliseconds, at which a fast clock advances. */
const tick = 1

/**
 * The most that one interval counts, in real milliseconds. On a busy machine, an interval takes longer because the process
 * does not run. This time must not count: the program could not use it either.
 */
const mostPerTick = 2

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Whether the operating system is still processing a file operation of this process. */
const isReading = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"))

/** The number of events of sockets and files that this process has handled. */
const handled = (): number => performance.nodeTiming.uvMetricsInfo.events

/**
 * The time of a clock that advances only while the process waits.
 *
 * **Details**
 *
 * A response within 15 s must arrive within 75 ms if the clock runs 200 times as fast. Therefore, the clock stands still while
 * sockets of this process send and receive, while a file is read, and while the process does not run.
 */
const waiting = (factor: number) => {
  const sleepers = new Set<Sleeper>()
  let passed = 0
  let last = 0
  let events = 0
  let isRunning = false
  const advance = (): void => {
    const real = performance.now()
    const now = handled()
    if (now === events && !isReading()) passed += Math.min(real - last, mostPerTick) * factor
    last = real
    events = now
    for (const sleeper of [...sleepers].sort((a, b) => a.at - b.at)) {
      if (sleeper.at > passed) break
      sleepers.delete(sleeper)
      sleeper.wake()
    }
    isRunning = sleepers.size > 0
    if (isRunning) setTimeout(advance, tick)
  }
  return {
    passed: () => passed,
    sleep: (wait: number): Effect.Effect<void> =>
      Effect.callback<void>((resume) => {
        const sleeper = { at: passed + wait, wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        if (!isRunning) {
          isRunning = true
          last = performance.now()
          events = handled()
          setTimeout(advance, tick)
        }
        return Effect.sync(() => void sleepers.delete(sleeper))
      }),
  }
}

/** The time of a clock that never stands still. */
const running = (factor: number) => {
  const started = performance.now()
  return {
    passed: () => (performance.now() - started) * factor,
    sleep: (wait: number): Effect.Effect<void> =>
      // A wait longer than a timer can hold ends only with the run.
      wait / factor > 2 ** 31 - 1
        ? Effect.never
        : Effect.callback<void>((resume) => {
            const timer = setTimeout(() => resume(Effect.void), wait / factor)
            return Effect.sync(() => clearTimeout(timer))
          }),
  }
}

/** A clock that starts at the time of day, or `ahead` milliseconds later. */
const make = ({ passed, sleep }: ReturnType<typeof running>, ahead = 0): Clock.Clock => {
  const startedAt = performance.timeOrigin + performance.now() + ahead
  const millis = () => Math.floor(startedAt + passed())
  const nanos = () => BigInt(millis()) * 1_000_000n
  const monotonic = () => BigInt(Math.round(passed() * 1_000_000))
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: monotonic,
    monotonicTimeNanos: Effect.sync(monotonic),
    sleep: (duration) => {
      const wait = Duration.toMillis(duration)
      return wait <= 0 ? Effect.yieldNow : sleep(wait)
    },
  }
}

/** Runs an effect with all its fibers and servers on a clock that runs `factor` times as fast, but only while they wait. */
export const provide =
  (factor: number, ahead = 0) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() =>
      Effect.provideService(effect, Clock.Clock, make(factor === 1 ? running(1) : waiting(factor), ahead)),
    )

/** Like `provide`, for a process in which something else is always running, so that the clock must not wait for it. */
export const provideRunning =
  (factor: number) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => Effect.provideService(effect, Clock.Clock, make(running(factor))))
