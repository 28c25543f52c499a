/** Shared by the tests of `ResilientClient`. */
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"
import { HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import type { Verdict } from "@holdfast/core"
import { ResilientClient } from "@holdfast/http"
import { answer, decode, nodeError, scripted, type Step, type VendorError, withoutJitter } from "./clients.ts"

export const url = "https://api.test/v2/me"
export const ok = answer('{"ok":true}', { headers: { "content-type": "application/json" } })
export const hangs: Step = () => Effect.never
export const dies: Step = () => Effect.die(new RangeError("divided by zero"))
export const cut =
  (status: number): Step =>
  (request) =>
    answer(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode('{"half":')),
        pull: (controller) => controller.error(nodeError("ECONNRESET")),
      }),
      { status },
    )(request)

/** Runs a call for a long (virtual) time without jitter. Returns its result, with the times and requests of its attempts. */
export const run = (
  steps: ReadonlyArray<Step>,
  options: Partial<ResilientClient.Options<VendorError>> = {},
  request = HttpClientRequest.get(url),
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const client = ResilientClient.make(script.client, { decode, ...options })
    const fiber = yield* Effect.forkChild(withoutJitter(client.execute(request)))
    yield* TestClock.adjust("10 minutes")
    const exit = fiber.pollUnsafe()
    assert.isDefined(exit, "the call ended")
    const outcome = Exit.isSuccess(exit!) ? exit.value.status : Cause.squash(exit!.cause)
    const error = outcome as {
      readonly _tag?: string
      readonly verdict?: Verdict.Verdict
      readonly reached?: string
      readonly status?: number
    }
    return { ...script, outcome, error, exit: exit! }
  })

export const post = HttpClientRequest.post(url)
export const table = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5]
