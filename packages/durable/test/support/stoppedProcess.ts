import { Clock, Effect } from "effect"

/** A process that can be stopped for a time: the monotonic clock goes on, and no timer fires meanwhile. */
export const make = () => {
  let stopped = 0n
  const nanos = (clock: Clock.Clock) => clock.monotonicTimeNanosUnsafe() + stopped
  return {
    stop: (millis: number) =>
      Effect.sync(() => {
        stopped += BigInt(millis) * 1_000_000n
      }),
    /** Runs an effect in the process. */
    within: Effect.updateService(Clock.Clock, (clock) => ({
      ...clock,
      sleep: (duration) => clock.sleep(duration),
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe(),
      currentTimeMillis: Effect.suspend(() => clock.currentTimeMillis),
      monotonicTimeNanosUnsafe: () => nanos(clock),
      monotonicTimeNanos: Effect.sync(() => nanos(clock)),
    })),
  }
}
