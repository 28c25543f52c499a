/**
 * Runs calls of promise programs without a fiber, as long as nothing has to wait.
 *
 * **Details**
 *
 * A fiber costs a promise program more than the policies do. A call whose guards admit it at once needs none: its function is
 * called, and the guards are left when its promise settles. Only what follows a failure, such as the waits between attempts,
 * runs in a fiber.
 */
import type * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { ambientOf, Call, type Attempt, type CallOptions, type Source } from "./call.ts"
import type { Guards } from "./guard.ts"

/** The part of a stage that surrounds the guards of a call without a fiber. */
export interface Around {
  /** Continues after the first attempt, whose result is given, in the same way as if the stage had run it. */
  readonly resume: (call: Call, first: Effected) => Effected
  /** Records that the first attempt succeeded. */
  readonly succeeded: (call: Call) => void
}

/** A pipeline that consists of guards and at most a retry around them. */
export interface Direct {
  readonly passage: Guards
  readonly around: Around | undefined
}

type Effected = Effect.Effect<unknown, unknown, unknown>

/** Starts the first attempt of a call. */
export type Send = (attempt: Attempt) => unknown

/**
 * Begins a call if all guards admit it at once and nothing observes it. Otherwise, returns `undefined` and has no effect.
 */
export const begin = (
  { passage }: Direct,
  source: Source,
  options: CallOptions,
  pipeline: string,
): Call | undefined => {
  for (const guard of passage.guards) if (guard.isFree?.() !== true) return undefined
  const surroundings = ambientOf(Context.empty())
  if (surroundings.observer !== undefined) return undefined
  // A fiber is assigned before anything waits; a guard that admits a call at once needs none.
  const call = new Call(undefined as never, surroundings, source, options, pipeline)
  passage.enterAtOnce(call)
  return call
}

/** Sends the first attempt of a call that has begun. `causeOf` turns a rejection reason into the cause of a failure. */
export const finish = async (
  { around, passage }: Direct,
  call: Call,
  send: Send,
  causeOf: (reason: unknown) => Cause.Cause<unknown>,
  run: (effect: Effected, signal: undefined) => Promise<unknown>,
): Promise<unknown> => {
  let exit: Exit.Exit<unknown, unknown>
  try {
    call.number = 1
    exit = Exit.succeed(await send({ number: 1, token: undefined }))
  } catch (reason) {
    exit = Exit.failCause(causeOf(reason))
  }
  const told = passage.leave(call, exit)
  if (exit._tag === "Success" && told === undefined) {
    around?.succeeded(call)
    return exit.value
  }
  const first: Effected = told === undefined ? exit : Effect.onExitPrimitive(exit, () => told)
  return run(
    Effect.withFiber((fiber) => {
      call.fiber = fiber
      return around === undefined ? first : around.resume(call, first)
    }),
    undefined,
  )
}
