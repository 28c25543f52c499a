import { assert, describe, it } from "@effect/vitest"
import { Origins } from "@holdfast/core"
import type { Waiting } from "@holdfast/core/Origins"
import { Effect, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import * as Outage from "../../src/upload/Outage.ts"
import * as UploadState from "../../src/upload/State.ts"

/** An event without the time of day. */
const eventOf = (line: string) => {
  const event = JSON.parse(line)
  delete event.time
  return event
}

describe("a storage that cannot be reached", () => {
  it.effect(
    "emits an event as soon as the storage is unreachable, logs the outage after 5 s, and logs the recovery",
    () =>
      Effect.gen(function* () {
        const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
        const waiting = yield* SubscriptionRef.make<ReadonlyArray<Waiting>>([])
        const services = Layer.mergeAll(
          Output.layerMemory(lines),
          Layer.succeed(Origins, { waiting, of: () => Effect.die("no call") }),
        )
        const run = yield* Effect.provide(
          Output.use((output) => UploadState.make({ paths: ["clip.mov"], json: true, output })),
          services,
        )
        const outage = { api: "https://api", quiet: false, json: true, firstContact: undefined }
        yield* Effect.forkChild(Effect.provide(Outage.followStorages(run, outage), services), {
          startImmediately: true,
        })
        const away = { origin: "https://s3.example", reason: "ConnectionRefused", since: 0, nextProbeAt: 500 }
        yield* SubscriptionRef.set(waiting, [away])
        yield* TestClock.adjust("4 seconds")
        assert.deepStrictEqual(lines.stderr, [])
        yield* TestClock.adjust("2 seconds")
        const problem = "the storage https://s3.example cannot be reached (ConnectionRefused)"
        assert.deepStrictEqual(lines.stderr, [`holdfast: ${problem}; waiting for it`])
        assert.deepStrictEqual(lines.stdout.map(eventOf), [{ type: "unreachable", at: 0, problem }])
        yield* SubscriptionRef.set(waiting, [{ ...away, nextProbeAt: 9000 }])
        yield* TestClock.adjust("1 minute")
        assert.lengthOf(lines.stderr, 1)
        yield* SubscriptionRef.set(waiting, [])
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(lines.stderr.slice(1), ["holdfast: the storage is available again"])
        yield* SubscriptionRef.set(waiting, [away])
        yield* TestClock.adjust("2 seconds")
        yield* SubscriptionRef.set(waiting, [])
        yield* TestClock.adjust("1 minute")
        assert.lengthOf(lines.stderr, 2, "a short outage is not reported, so neither is its end")
      }),
  )
})
