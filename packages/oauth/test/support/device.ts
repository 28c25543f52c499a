/** Helpers for the tests of `DeviceAuthorization`. */
import { Cause, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { DeviceAuthorization } from "@holdfast/oauth"
import { answer, device, refuses, scripted, type Step, tokenAnswer, withoutJitter } from "./server.ts"

/** Runs one method for a long virtual time without jitter. */
export const run = <A, E>(
  steps: ReadonlyArray<Step>,
  use: (service: DeviceAuthorization["Service"]) => Effect.Effect<A, E>,
  options: Parameters<typeof device>[1] = {},
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const fiber = yield* DeviceAuthorization.use(use).pipe(
      Effect.provide(device(script, options)),
      withoutJitter,
      Effect.forkChild,
    )
    yield* TestClock.adjust("20 minutes")
    const exit = yield* Fiber.await(fiber)
    return {
      ...script,
      exit,
      value: Exit.isSuccess(exit) ? exit.value : undefined,
      error: Exit.isSuccess(exit) ? undefined : (Cause.squash(exit.cause) as E & { readonly message: string }),
    }
  })

export const slowDown = refuses("slow_down")

export const granted = answer(200, tokenAnswer(1))
