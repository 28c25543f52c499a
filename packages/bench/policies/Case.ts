/**
 * The type of a case, and its two callers: one that awaits promises, and one in a fiber.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Runs `calls` calls, one after another. */
export type Loop = (calls: number) => Promise<void>

/** Puts `calls` calls in flight. Each has progressed as far as it can when the promise resolves. */
export type Launch = (calls: number) => Promise<void>

/** One policy: `time` calls it in a loop, and `hold` keeps many calls suspended in it. */
export interface Case {
  /** Calls are made in multiples of this number, because so many are in flight at once. Default: 1. */
  readonly batch?: number
  readonly time?: () => Loop | Promise<Loop>
  readonly hold?: () => Launch | Promise<Launch>
}

/** The timeout of every policy with a timeout, in milliseconds: no call of a measurement comes near it. */
export const limit = 60_000

/** The number of permits of every bulkhead: more than any measurement uses. */
export const permits = 1_000_000

/** The failures in a row that open a circuit which a failing workload must not open. */
export const failuresInARow = 1_000_000

/** The guarded function of every case with promises. */
export const answer = async (): Promise<number> => 1

/** The guarded effect of every case in a fiber; its asynchronous counterpart is `Effect.promise(answer)`. */
export const answered: Effect.Effect<number> = Effect.sync(() => 1)

/** The guarded effect of every case in a fiber with an async body. */
export const answeredLater: Effect.Effect<number> = Effect.promise(answer)

// ---------------------------------------------------------------------------------------------------------------------
// Suspended calls
// ---------------------------------------------------------------------------------------------------------------------

// Without its resolver a pending promise would be collected, together with the call that awaits it.
const resolvers: Array<(value: number) => void> = []

/** A guarded function that never returns; its own cost is the case `bare await`. */
export const stuck = (): Promise<number> => new Promise((resolve) => void resolvers.push(resolve))

/** How many calls have reached {@link stuck}. */
export const reached = (): number => resolvers.length

/** Runs everything that can run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
}

const kept: Array<unknown> = []

// ---------------------------------------------------------------------------------------------------------------------
// Callers
// ---------------------------------------------------------------------------------------------------------------------

/** A caller that awaits each call. */
export const awaiting = (execute: (action: () => Promise<number>) => Promise<unknown>): Case => ({
  time: () => async (calls) => {
    for (let call = 0; call < calls; call++) await execute(answer)
  },
  hold: () => async (calls) => {
    for (let call = 0; call < calls; call++) kept.push(execute(stuck))
    await settle()
  },
})

/** A caller that awaits each call, and is always rejected. */
export const refused = (execute: (action: () => Promise<number>) => Promise<unknown>): Case => ({
  time: () => async (calls) => {
    for (let call = 0; call < calls; call++) {
      try {
        await execute(answer)
      } catch {
        continue
      }
      throw new Error("a call got through")
    }
  },
})

/** A caller in a fiber: one `Effect.gen` with a loop, under one `Effect.runPromise` for the whole loop. */
const looping =
  (call: () => Effect.Effect<unknown, unknown>): Loop =>
  (calls) =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < calls; n++) yield* call()
      }),
    )

/** A caller in a fiber that is always rejected, and inspects the exit. */
export const refusing =
  (call: () => Effect.Effect<unknown, unknown>): Loop =>
  (calls) =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < calls; n++) {
          const exit = yield* Effect.exit(call())
          // Otherwise calls that succeed would be measured as fast rejections.
          if (exit._tag === "Success") throw new Error("a call got through")
        }
      }),
    )

/**
 * Runs each call in its own fiber, all children of one. They start immediately, so that each is suspended when the last one is
 * forked: a call that has not started would be measured too small.
 */
const launching =
  (call: () => Effect.Effect<unknown, unknown>): Launch =>
  async (calls) => {
    await new Promise<void>((resolve) => {
      const all = Effect.gen(function* () {
        for (let n = 0; n < calls; n++) yield* Effect.forkChild(call(), { startImmediately: true })
        resolve()
        return yield* Effect.never
      })
      kept.push(Effect.runFork(all))
    })
    await settle()
  }

/** A policy in a fiber, built for each measurement and applied for each call, as in a program. */
export const inFiber = (
  make: Effect.Effect<(body: Effect.Effect<number>) => Effect.Effect<unknown, unknown>>,
  body: Effect.Effect<number> = answered,
): Case => ({
  time: async () => {
    const policy = await Effect.runPromise(make)
    return looping(() => policy(body))
  },
  hold: async () => {
    const policy = await Effect.runPromise(make)
    const body = Effect.promise(stuck)
    return launching(() => policy(body))
  },
})

/** Does not wait: a retry follows its failure at once, so that what is measured is the work of the retry. */
const instant = Clock.Clock.of({
  currentTimeMillisUnsafe: () => Date.now(),
  currentTimeMillis: Effect.sync(() => Date.now()),
  currentTimeNanosUnsafe: () => BigInt(Date.now()) * 1_000_000n,
  currentTimeNanos: Effect.sync(() => BigInt(Date.now()) * 1_000_000n),
  monotonicTimeNanosUnsafe: () => process.hrtime.bigint(),
  monotonicTimeNanos: Effect.sync(() => process.hrtime.bigint()),
  sleep: () => Effect.void,
})

/** A policy in a fiber whose body fails at every second attempt, on a clock that never waits. */
export const failingInFiber = (
  make: Effect.Effect<(body: Effect.Effect<number>) => Effect.Effect<unknown, unknown>>,
  failure: () => Effect.Effect<never>,
): Case => ({
  time: async () => {
    const policy = await Effect.runPromise(make)
    let attempts = 0
    const body = Effect.suspend(() => (attempts++ % 2 === 0 ? failure() : Effect.succeed(1)))
    return (calls) =>
      Effect.runPromise(
        Effect.provideService(
          Effect.gen(function* () {
            for (let n = 0; n < calls; n++) yield* policy(body)
          }),
          Clock.Clock,
          instant,
        ) as Effect.Effect<void>,
      )
  },
})

/** Makes policies and keeps them, uncalled. */
export const making = (make: () => unknown): Case => ({
  hold: () => async (count) => {
    for (let n = 0; n < count; n++) kept.push(make())
  },
})
