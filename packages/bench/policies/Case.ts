/**
 * What a case is, and the two forms that every case has: a caller that awaits promises, and one that runs in a fiber.
 */
import * as Effect from "effect/Effect"

/** Runs `calls` calls, one after another. */
export type Loop = (calls: number) => Promise<void>

/** Puts `calls` calls in flight; each has come as far as it can when the promise resolves. */
export type Launch = (calls: number) => Promise<void>

/** One policy, set up by `time` to be called in a loop or by `hold` to have many calls stand still in it. */
export interface Case {
  readonly time?: () => Loop | Promise<Loop>
  readonly hold?: () => Launch | Promise<Launch>
}

/** The longest time of every policy that has a timeout: no call of a measurement comes near it, in milliseconds. */
export const limit = 60_000

/** How many may be in a bulkhead at once: more than any measurement has. */
export const permits = 1_000_000

/** The guarded function of every case with promises. */
export const answer = async (): Promise<number> => 1

/** The guarded effect of every case in a fiber; its waiting counterpart is `Effect.promise(answer)`. */
export const answered: Effect.Effect<number> = Effect.sync(() => 1)

/** The guarded effect of every case in a fiber that has an async body. */
export const answeredLater: Effect.Effect<number> = Effect.promise(answer)

// ---------------------------------------------------------------------------------------------------------------------
// Calls that stand still
// ---------------------------------------------------------------------------------------------------------------------

// Without its resolver a pending promise is garbage, and so is the call that awaits it.
const resolvers: Array<(value: number) => void> = []

/** A guarded function that never returns; what it costs by itself is the case `bare await`. */
export const stuck = (): Promise<number> => new Promise((resolve) => void resolvers.push(resolve))

/** How many calls have reached {@link stuck}. */
export const reached = (): number => resolvers.length

/** Lets everything that can run, run. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
}

const kept: Array<unknown> = []

// ---------------------------------------------------------------------------------------------------------------------
// Callers
// ---------------------------------------------------------------------------------------------------------------------

/** A caller that awaits. */
export const awaiting = (execute: (action: () => Promise<number>) => Promise<unknown>): Case => ({
  time: () => async (calls) => {
    for (let call = 0; call < calls; call++) await execute(answer)
  },
  hold: () => async (calls) => {
    for (let call = 0; call < calls; call++) kept.push(execute(stuck))
    await settle()
  },
})

/** A caller that awaits, and is refused every time. */
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

/** A caller in a fiber: one `Effect.gen` with a loop in it, under one `Effect.runPromise` for the whole loop. */
const looping =
  (call: () => Effect.Effect<unknown, unknown>): Loop =>
  (calls) =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < calls; n++) yield* call()
      }),
    )

/** A caller in a fiber that is refused every time, and looks at the exit. */
export const refusing =
  (call: () => Effect.Effect<unknown, unknown>): Loop =>
  (calls) =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (let n = 0; n < calls; n++) {
          const exit = yield* Effect.exit(call())
          // Without this, calls that get through would be measured, and pass for quick rejections.
          if (exit._tag === "Success") throw new Error("a call got through")
        }
      }),
    )

/**
 * Each call in a fiber of its own, all of them children of one. They start at once, so that each has come to its stop
 * when the last one is forked: a call that is still to be started would be measured too small.
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

/** A policy in a fiber, made for each measurement and applied again by each call, as a program would. */
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
