import { assert, describe, it } from "@effect/vitest"
import type { C2cClient } from "@holdfast/c2c"
import * as Uncertain from "@holdfast/c2c/AssetCreationUncertain"
import { Verdict } from "@holdfast/core"
import * as TransportCause from "@holdfast/http/TransportCause"
import { Clock, Data, Deferred, Effect, Exit, Fiber } from "effect"
import { HttpClientRequest } from "effect/http"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import { TestClock } from "effect/testing"
import * as BreakerClient from "../../../src/internal/cluster/limits/breakerClient.ts"

class Ill extends Data.TaggedError("Ill")<{}> {
  readonly verdict = Verdict.always({ outcome: "failure" })
}

const api = "https://api.frame.io"

/** A client whose calls fail while `isIll`, and that records when they are sent. */
const clientOf = (options: { readonly ready?: Effect.Effect<void> } = {}) => {
  const state = { isIll: true, sent: new Array<number>() }
  const call = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    state.sent.push(now)
    return state.isIll ? Effect.fail(new Ill()) : Effect.sleep("100 millis")
  })
  const service = { me: call, health: call, heartbeat: call, ready: options.ready ?? Effect.void }
  return { state, client: service as unknown as C2cClient["Service"] }
}

const fails = (client: C2cClient["Service"], times: number) =>
  Effect.forEach(Array.from({ length: times }), () => Effect.exit(client.me))

describe("a client with the circuit of all runners", () => {
  it.effect("waits after failures of any runner, and goes on when one call has succeeded", () =>
    Effect.gen(function* () {
      const { client, state } = clientOf()
      const [here, there] = [(yield* BreakerClient.make(api))(client), (yield* BreakerClient.make(api))(client)]
      yield* fails(here, 3)
      yield* fails(there, BreakerClient.consecutive - 3)
      assert.strictEqual(state.sent.length, BreakerClient.consecutive)
      state.isIll = false
      const waiting = yield* Effect.forkChild(Effect.all([here.me, there.me, here.me], { concurrency: "unbounded" }))
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(state.sent.length, BreakerClient.consecutive)
      yield* TestClock.adjust("3 seconds")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(waiting)))
      assert.deepStrictEqual(state.sent.slice(BreakerClient.consecutive), [30_000, 31_000, 31_000])
    }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect("counts a lost creation, whose own verdict says nothing about the API", () =>
    Effect.gen(function* () {
      const { client, state } = clientOf()
      const reset = TransportCause.make("ECONNRESET", HttpClientRequest.post(api))
      const lost = Uncertain.make("clip.mov", reset)
      const creating: typeof client = { ...client, createAsset: () => Effect.andThen(Effect.exit(client.me), lost) }
      const here = (yield* BreakerClient.make(api))(creating)
      const create = here.createAsset({ name: "clip.mov", filetype: "video/quicktime", filesize: 1, createdAt: 0 })
      yield* Effect.forEach(Array.from({ length: BreakerClient.consecutive }), () => Effect.exit(create))
      yield* Effect.forkChild(Effect.exit(create))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(state.sent.length, BreakerClient.consecutive)
    }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect("lets health checks and heartbeats pass while calls wait", () =>
    Effect.gen(function* () {
      const { client, state } = clientOf()
      const here = (yield* BreakerClient.make(api))(client)
      yield* fails(here, BreakerClient.consecutive)
      yield* Effect.exit(here.health)
      yield* Effect.exit(here.heartbeat)
      assert.strictEqual(state.sent.length, BreakerClient.consecutive + 2)
    }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect("does not ask for admission before the gates are open, so a probe cannot hang there", () =>
    Effect.gen(function* () {
      const open = yield* Deferred.make<void>()
      const { client, state } = clientOf({ ready: Deferred.await(open) })
      const other = clientOf()
      other.state.isIll = false
      const failing = clientOf()
      yield* fails((yield* BreakerClient.make(api))(failing.client), BreakerClient.consecutive)
      const here = (yield* BreakerClient.make(api))(client)
      yield* Effect.forkChild(Effect.exit(here.me))
      yield* TestClock.adjust("31 seconds")
      const probe = yield* Effect.forkChild((yield* BreakerClient.make(api))(other.client).me)
      yield* TestClock.adjust("1 second")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(probe)))
      assert.deepStrictEqual([state.sent.length, other.state.sent.length], [0, 1])
    }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect(
    "does not let a probe that waits at a gate keep the calls of other devices waiting, and ends it itself",
    () =>
      Effect.gen(function* () {
        const failing = clientOf()
        yield* fails((yield* BreakerClient.make(api))(failing.client), BreakerClient.consecutive)
        yield* TestClock.adjust("31 seconds")
        const paired = yield* Deferred.make<void>()
        let sent = 0
        const call = Effect.suspend(() => {
          sent++
          return Deferred.await(paired)
        })
        const signedOut = { ...failing.client, me: call } as unknown as typeof failing.client
        const probe = yield* Effect.forkChild((yield* BreakerClient.make(api))(signedOut).me)
        yield* TestClock.adjust("1 second")
        const other = clientOf()
        other.state.isIll = false
        const waiting = yield* Effect.forkChild((yield* BreakerClient.make(api))(other.client).me)
        yield* TestClock.adjust("6 minutes")
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(waiting)))
        yield* Deferred.succeed(paired, undefined)
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(probe)))
        assert.strictEqual(sent, 1)
      }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect("interrupts a call with its caller", () =>
    Effect.gen(function* () {
      let interrupted = 0
      const { client } = clientOf()
      const call = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void interrupted++))
      const hanging = { ...client, me: call } as unknown as typeof client
      const fiber = yield* Effect.forkChild((yield* BreakerClient.make(api))(hanging).me)
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(interrupted, 1)
    }).pipe(Effect.provide(CircuitBreaker.layerStoreMemory())),
  )

  it.effect("sends every call without a store", () =>
    Effect.gen(function* () {
      const { client, state } = clientOf()
      yield* fails((yield* BreakerClient.make(api))(client), 20)
      assert.strictEqual(state.sent.length, 20)
    }),
  )

  it.effect("sends every call if the store fails", () =>
    Effect.gen(function* () {
      const reason = new CircuitBreaker.CircuitBreakerStoreError({ message: "down" })
      const down = Effect.fail(new CircuitBreaker.CircuitBreakerError({ reason }))
      const { client, state } = clientOf()
      const here = yield* BreakerClient.make(api).pipe(
        Effect.provideService(CircuitBreaker.CircuitBreakerStore, {
          admit: () => down,
          record: () => down,
          state: () => down,
        }),
      )
      yield* fails(here(client), 20)
      assert.strictEqual(state.sent.length, 20)
    }),
  )
})
