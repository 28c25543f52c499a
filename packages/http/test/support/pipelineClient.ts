/** Shared by the tests of `HttpPipeline.client`. */
import { Pipeline } from "@holdfast/core"
import { Effect, Exit, Fiber } from "effect"
import { type HttpClient, HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { answer, fails, type Step, withoutJitter } from "./clients.ts"

export const url = "https://api.test/v2/me"
export const busy = answer("busy", { status: 503 })
export const reset = fails("ECONNRESET")
export const ok = answer("ok")
export const hangs: Step = () => Effect.never
export const table = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]
export const patient = Pipeline.makeUnsafe(Pipeline.retry())

/** Runs everything that is due, including promises, until the (virtual) time has come. */
export const until = (seconds: number) =>
  Effect.gen(function* () {
    const steps = Math.round(seconds * 2)
    for (let n = 0; n <= steps; n++) {
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      if (n < steps) yield* TestClock.adjust("500 millis")
    }
  })

/** Runs a call for two minutes, or the given time, without jitter. */
export const run = <E>(client: HttpClient.HttpClient.With<E>, request = HttpClientRequest.get(url), seconds = 120) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(withoutJitter(Effect.exit(client.execute(request))))
    yield* until(seconds)
    const exit = yield* Fiber.join(fiber)
    const error = Exit.isFailure(exit)
      ? exit.cause.reasons.flatMap((reason) => (reason._tag === "Fail" ? reason.error : []))[0]
      : undefined
    return { status: Exit.isSuccess(exit) ? exit.value.status : undefined, error: error as E | undefined }
  })
