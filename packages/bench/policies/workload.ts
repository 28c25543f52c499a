/** Builds the guarded functions and the callers of the workloads in `equal.ts`. */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type { Case, Loop } from "./Case.ts"
import type { Workload } from "./equal.ts"

/** The failure of an attempt: a plain object, so that neither side pays for a stack trace. */
export class Outage {
  readonly _tag = "Outage"
  readonly verdict = always
}

const always = Verdict.always()

/** Returns whether the next attempt fails. Failures are spread evenly. */
const failing = (percent: number): (() => boolean) => {
  let credit = 0
  return () => {
    credit += percent
    if (credit < 100) return false
    credit -= 100
    return true
  }
}

const later = (): Promise<number> => new Promise((resolve) => void setImmediate(resolve, 1))

/** The guarded function of a workload. */
export const bodyOf = ({ body, failures }: Workload): (() => number | Promise<number>) => {
  if (body === "immediate") return later
  if (body === "async") return async () => 1
  if (failures === 0) return () => 1
  const fails = failing(failures)
  return () => {
    if (fails()) throw new Outage()
    return 1
  }
}

/** Calls a guarded function that takes a signal. */
export const unlessAborted = <A>({ aborted }: AbortSignal, body: () => A): A => {
  if (aborted) throw new Error("the call was aborted")
  return body()
}

/** The guarded effect of a workload. */
export const effectOf = ({ body, failures }: Workload): Effect.Effect<number, Outage> => {
  if (body === "immediate") return Effect.promise(later)
  if (body === "async") return Effect.promise(async () => 1)
  if (failures === 0) return Effect.sync(() => 1)
  const fails = failing(failures)
  return Effect.suspend(() => (fails() ? Effect.fail(new Outage()) : Effect.succeed(1)))
}

const expected = (error: unknown): undefined => {
  // A call whose attempts all fail is part of the workload. A rejection by a policy is not: it would be measured as a fast call.
  if (!(error instanceof Outage)) throw error
}

/** Awaits calls, as many at once as the workload states. */
export const awaited = ({ callers, failures }: Workload, call: () => Promise<unknown>): Case => {
  const one = failures > 0 ? () => call().catch(expected) : call
  const loop: Loop =
    callers === 1
      ? async (calls) => {
          for (let n = 0; n < calls; n++) await one()
        }
      : async (calls) => {
          for (let n = 0; n < calls; n += callers) await Promise.all(Array.from({ length: callers }, one))
        }
  return { batch: callers, time: () => loop }
}

/** Runs calls in a fiber, or each in a child fiber if many are in flight at once. */
export const inFibers = ({ callers, failures }: Workload, call: () => Effect.Effect<unknown, unknown>): Case => {
  const one = failures > 0 ? () => Effect.match(call(), { onFailure: expected, onSuccess: () => undefined }) : call
  const all = (calls: number) =>
    Effect.gen(function* () {
      if (callers === 1) for (let n = 0; n < calls; n++) yield* one()
      else
        for (let n = 0; n < calls; n += callers)
          yield* Effect.forEach(Array.from({ length: callers }), one, { concurrency: "unbounded", discard: true })
    })
  return { batch: callers, time: () => (calls) => Effect.runPromise(all(calls)) }
}
