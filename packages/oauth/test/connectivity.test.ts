import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Connectivity, Health, Tokens } from "@holdfast/core"
import { DeviceAuthorization, OAuthTokens, TokenStore } from "@holdfast/oauth"
import {
  answer,
  code,
  codeAnswer,
  device,
  fails,
  hangs,
  provider,
  refuses,
  reveal,
  scripted,
  type Step,
  tokenAnswer,
  tokens,
  withoutJitter,
} from "./support/server.ts"

const pending = refuses("authorization_pending")
const granted = answer(200, tokenAnswer(2))

/** A gate whose health service responds while `network.up`, and a sign-in that uses it. */
const world = (
  script: ReturnType<typeof scripted>,
  origin?: string,
  change: (store: TokenStore["Service"]) => Partial<TokenStore["Service"]> = () => ({}),
) =>
  Effect.gen(function* () {
    const network = { up: true, probes: 0 }
    const check = Effect.suspend(() => {
      network.probes++
      return network.up ? Effect.void : Effect.fail("no network")
    })
    const health = Layer.succeed(Health, origin === undefined ? { check } : { check, origin })
    const connectivity = Context.get(yield* Layer.build(Layer.provide(Connectivity.layer, health)), Connectivity)
    yield* TestClock.adjust(0)
    const memory = Context.get(yield* Layer.build(Layer.fresh(TokenStore.layerMemory)), TokenStore)
    const store = Layer.succeed(TokenStore, { ...memory, ...change(memory) })
    const context = yield* Layer.build(
      OAuthTokens.layerWith({ connectivity }).pipe(
        Layer.provideMerge(Layer.merge(device(script, { connectivity }), store)),
      ),
    )
    return {
      network,
      connectivity,
      device: Context.get(context, DeviceAuthorization),
      store: Context.get(context, TokenStore),
      tokens: Context.get(context, Tokens),
    }
  })

/** The network fails, and a call has closed the gate. */
const lose = ({ connectivity, network }: Effect.Success<ReturnType<typeof world>>) => {
  network.up = false
  return connectivity.report("ConnectionReset")
}

const fork = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(withoutJitter(effect))

describe("a request while the network is down", () => {
  const calls: ReadonlyArray<
    readonly [string, Step, (service: DeviceAuthorization["Service"]) => Effect.Effect<unknown, unknown>]
  > = [
    ["code request", answer(200, codeAnswer), (service) => service.request],
    ["refresh", granted, (service) => service.refresh(tokens(1))],
    ["revocation", answer(200, ""), (service) => service.revoke({ ...tokens(1), refreshToken: undefined })],
  ]
  for (const [name, step, call] of calls) {
    it.effect(`delays a ${name} until the network is up again`, () =>
      Effect.gen(function* () {
        const script = scripted(step)
        const all = yield* world(script)
        yield* lose(all)
        const fiber = yield* fork(call(all.device))
        yield* TestClock.adjust("10 minutes")
        assert.strictEqual(script.arrived.length, 0)
        all.network.up = true
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        assert.strictEqual(script.arrived.length, 1)
      }),
    )
  }

  it.effect("delays the gate's probe, but not the code request itself, by a captive portal's Retry-After", () =>
    Effect.gen(function* () {
      for (const [seconds, times] of [
        [20, [0, 20]],
        [3600, [0, 32]],
      ] as const) {
        const page = answer(200, "<html>Welcome to the hotel", {
          "content-type": "text/html",
          "retry-after": `${seconds}`,
        })
        const script = scripted(page, answer(200, codeAnswer))
        const all = yield* world(script)
        const fiber = yield* fork(all.device.request)
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        const [start = 0] = script.times()
        assert.deepStrictEqual(
          script.times().map((at) => at - start),
          [...times],
        )
        assert.strictEqual(all.network.probes, 2)
      }
    }).pipe(Effect.scoped),
  )

  it.effect("refreshes a rejected token only when the network is up again, and keeps the stored tokens", () =>
    Effect.gen(function* () {
      const script = scripted(granted)
      const all = yield* world(script)
      yield* all.store.save(tokens(1))
      yield* lose(all)
      const fiber = yield* fork(all.tokens.refresh(tokens(1).accessToken))
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(script.arrived.length, 0)
      assert.notProperty(yield* all.store.load, "spent")
      all.network.up = true
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reveal(yield* all.store.load), ["access-2", "refresh-2"])
      assert.strictEqual(script.arrived.length, 1)
    }),
  )

  it.effect("releases the lock and records nothing if a refresh was waiting for the lock during an outage", () =>
    Effect.gen(function* () {
      const script = scripted(granted)
      const all = yield* world(script)
      yield* all.store.save(tokens(1))
      yield* fork(all.store.exclusive(Effect.sleep("1 minute")))
      const fiber = yield* fork(all.tokens.refresh(tokens(1).accessToken))
      yield* TestClock.adjust("30 seconds")
      yield* lose(all)
      yield* TestClock.adjust("5 minutes")
      const other = yield* fork(all.store.exclusive(all.store.load))
      yield* TestClock.adjust(0)
      assert.isUndefined((yield* Fiber.join(other))?.spent)
      assert.strictEqual(script.arrived.length, 0)
      all.network.up = true
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
      assert.strictEqual(script.arrived.length, 1)
    }),
  )

  it.effect("releases the lock and removes the record if the network fails while the record is written", () =>
    Effect.gen(function* () {
      for (const spent of [undefined, "maybe"] as const) {
        const script = scripted(granted)
        let recorded: Effect.Effect<void> = Effect.void
        const all = yield* world(script, undefined, (store) => ({
          save: (set) => Effect.andThen(store.save(set), set.spent === undefined ? Effect.void : recorded),
        }))
        const saved = spent === undefined ? tokens(1) : { ...tokens(1), spent }
        yield* all.store.save(saved)
        recorded = lose(all)
        const fiber = yield* fork(all.tokens.refresh(tokens(1).accessToken))
        yield* TestClock.adjust("5 minutes")
        const other = yield* fork(all.store.exclusive(all.store.load))
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* Fiber.join(other), saved)
        assert.strictEqual(script.arrived.length, 0)
        recorded = Effect.void
        all.network.up = true
        yield* TestClock.adjust("2 minutes")
        yield* Fiber.join(fiber)
        assert.strictEqual(script.arrived.length, 1)
      }
    }),
  )

  it.effect("delays the last attempt of a refresh that received a 500 until the server's health service responds", () =>
    Effect.gen(function* () {
      const script = scripted(answer(500, ""), granted)
      const all = yield* world(script)
      yield* all.store.save(tokens(1))
      all.network.up = false
      const fiber = yield* fork(all.tokens.refresh(tokens(1).accessToken))
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(script.arrived.length, 1)
      all.network.up = true
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reveal(yield* all.store.load), ["access-2", "refresh-2"])
      assert.strictEqual(script.arrived.length, 2)
    }),
  )

  it.effect("sends a refresh once more when the network is up again if the first response was lost", () =>
    Effect.gen(function* () {
      const script = scripted(fails("ECONNRESET"), granted)
      const all = yield* world(script)
      yield* all.store.save(tokens(1))
      all.network.up = false
      const fiber = yield* fork(all.tokens.refresh(tokens(1).accessToken))
      yield* TestClock.adjust("1 hour")
      assert.isFalse(all.connectivity.gate.isOpen())
      assert.deepStrictEqual(script.times(), [0])
      all.network.up = true
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reveal(yield* all.store.load), ["access-2", "refresh-2"])
      assert.strictEqual(script.arrived.length, 2)
    }),
  )

  it.effect("probes for recovery in one fiber, whatever the number of calls", () =>
    Effect.gen(function* () {
      const script = scripted(fails("ENOTFOUND"))
      const all = yield* world(script)
      all.network.up = false
      all.network.probes = 0
      for (let n = 0; n < 5; n++) {
        yield* fork(all.device.request)
        yield* fork(all.device.refresh(tokens(1)))
        yield* fork(all.device.poll(code))
      }
      yield* TestClock.adjust("31.5 seconds")
      // At 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s at the latest: the delays between probes have jitter.
      assert.isAtMost(all.network.probes, 14)
      assert.deepStrictEqual(script.times(), [0])
    }),
  )
})

describe("polling while the network is down", () => {
  it.effect("does not poll while the network is down, and continues as soon as the network is up again", () =>
    Effect.gen(function* () {
      const script = scripted(pending, granted)
      const all = yield* world(script)
      const fiber = yield* fork(all.device.poll(code))
      yield* TestClock.adjust("7 seconds")
      yield* lose(all)
      yield* TestClock.adjust("53 seconds")
      assert.deepStrictEqual(script.times(), [5])
      all.network.up = true
      yield* TestClock.adjust("32 seconds")
      assert.deepStrictEqual(reveal(yield* Fiber.join(fiber)), ["access-2", "refresh-2"])
      assert.strictEqual(script.arrived.length, 2)
    }),
  )

  it.effect("stops polling when the code expires, and names the network as the cause", () =>
    Effect.gen(function* () {
      const script = scripted(pending)
      const all = yield* world(script)
      const fiber = yield* fork(Effect.flip(all.device.poll(code)))
      yield* TestClock.adjust("7 seconds")
      yield* lose(all)
      yield* TestClock.adjust("112 seconds")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(fiber)
      assert.strictEqual(error._tag, "TransportFailure")
      assert.match(error.message, /the network was down until the code expired/)
      assert.strictEqual(error.verdict.retry, "always")
      assert.deepStrictEqual(script.times(), [5])
    }),
  )

  it.effect("stops polling and reports the failure that closed the gate", () =>
    Effect.gen(function* () {
      const script = scripted(pending, fails("ENOTFOUND"))
      const all = yield* world(script)
      all.network.up = false
      const fiber = yield* fork(Effect.flip(all.device.poll(code)))
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "DnsFailure")
      assert.deepStrictEqual(script.times(), [5, 10])
    }),
  )

  it.effect("reports a poll timeout to the gate", () =>
    Effect.gen(function* () {
      const all = yield* world(scripted(hangs))
      all.network.up = false
      yield* fork(all.device.poll(code))
      yield* TestClock.adjust("20 seconds")
      assert.isFalse(all.connectivity.gate.isOpen())
    }),
  )
})

describe("a gate for another origin", () => {
  it.effect("does not apply a gate for another origin to sign-in requests or their failures", () =>
    Effect.gen(function* () {
      const script = scripted(fails("ENOTFOUND"), answer(200, codeAnswer))
      const all = yield* world(script, "https://api.example")
      yield* lose(all)
      const fiber = yield* fork(all.device.request)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.strictEqual(script.arrived.length, 2)
    }),
  )

  it.effect("holds a sign-in request while the gate for its origin is closed", () =>
    Effect.gen(function* () {
      const script = scripted(answer(200, codeAnswer))
      const all = yield* world(script, new URL(provider.tokenEndpoint).origin)
      yield* lose(all)
      yield* fork(all.device.request)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(script.arrived.length, 0)
    }),
  )
})
