import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import {
  answer,
  fails,
  hangs,
  refuses,
  scripted,
  slowly,
  tokenAnswer,
  tokens,
} from "../../../../oauth/test/support/server.ts"
import { DeviceTokens } from "../../../src/cluster/tokens/DeviceTokens.ts"
import { cluster, device, machine, pass, signIn } from "../../support/cluster/machines.ts"

const reveal = Effect.map(Redacted.value<string>)

const stored = Effect.flatMap(DeviceTokens, (all) => Effect.flatMap(all.of(device), ({ load }) => Effect.orDie(load)))

describe("the keeper of a device's tokens", () => {
  it.effect("refreshes once for three machines whose calls are rejected at the same time", () => {
    const script = scripted(slowly(300, answer(200, tokenAnswer(2))))
    return Effect.gen(function* () {
      yield* signIn(tokens(1))
      const machines = yield* Effect.all([machine, machine, machine])
      yield* pass(1)
      const used = yield* machines[0].token
      yield* Effect.forEach(Array(10).fill(machines).flat() as typeof machines, ({ reject }) => reject(used), {
        concurrency: "unbounded",
      })
      yield* pass(5)
      const now = yield* Effect.forEach(machines, ({ token }) => reveal(token))
      assert.deepStrictEqual(now, ["access-2", "access-2", "access-2"])
      assert.strictEqual(script.arrived.length, 1)
    }).pipe(Effect.provide(cluster(script).pipe(Layer.provideMerge(DeviceTokens.layerMemory))))
  })

  it.effect(
    "has recorded that the refresh token may be spent before the request leaves, and the new pair before its use",
    () => {
      const script = scripted(slowly(2000, answer(200, tokenAnswer(2))))
      return Effect.gen(function* () {
        yield* signIn(tokens(1))
        const one = yield* machine
        yield* pass(1)
        yield* one.reject(yield* one.token)
        yield* pass(1)
        assert.strictEqual(script.arrived.length, 1)
        assert.strictEqual((yield* stored)?.spent, "maybe")
        yield* pass(3)
        assert.strictEqual(yield* reveal(one.token), "access-2")
        assert.strictEqual(Redacted.value((yield* stored)!.accessToken), "access-2")
        assert.strictEqual((yield* stored)?.spent, undefined)
      }).pipe(Effect.provide(cluster(script).pipe(Layer.provideMerge(DeviceTokens.layerMemory))))
    },
  )

  it.effect("sends a refresh whose response was lost once more, and then every machine waits for a person", () => {
    const script = scripted(fails("ECONNRESET"), fails("ECONNRESET"), answer(200, tokenAnswer(9)))
    return Effect.gen(function* () {
      yield* signIn(tokens(1))
      const machines = yield* Effect.all([machine, machine, machine])
      yield* pass(1)
      const used = yield* machines[0].token
      yield* Effect.forEach(machines, ({ reject }) => reject(used))
      yield* pass(600)
      assert.strictEqual(script.arrived.length, 2)
      const states = yield* Effect.forEach(machines, ({ gate }) => Effect.map(gate.stats, () => gate.isOpen()))
      assert.deepStrictEqual(states, [false, false, false])
      assert.strictEqual((yield* stored)?.spent, "yes")
      yield* signIn(tokens(3))
      yield* pass(6)
      const now = yield* Effect.forEach(machines, ({ token }) => reveal(token))
      assert.deepStrictEqual(now, ["access-3", "access-3", "access-3"])
      assert.strictEqual(script.arrived.length, 2)
    }).pipe(Effect.provide(cluster(script).pipe(Layer.provideMerge(DeviceTokens.layerMemory))))
  })

  it.effect("ends without a further request when the server says that the sign-in has ended", () => {
    const script = scripted(refuses("invalid_grant"))
    return Effect.gen(function* () {
      yield* signIn(tokens(1))
      const machines = yield* Effect.all([machine, machine])
      yield* pass(1)
      const used = yield* machines[0].token
      yield* Effect.forEach(machines, ({ reject }) => reject(used))
      yield* pass(120)
      assert.strictEqual(script.arrived.length, 1)
      assert.deepStrictEqual(
        machines.map(({ gate }) => gate.isOpen()),
        [false, false],
      )
    }).pipe(Effect.provide(cluster(script).pipe(Layer.provideMerge(DeviceTokens.layerMemory))))
  })

  it.effect("lets the next keeper send the refresh of a keeper that was killed exactly once more", () => {
    const first = scripted(hangs)
    const second = scripted(fails("ECONNRESET"))
    const third = scripted(answer(200, tokenAnswer(9)))
    return Effect.gen(function* () {
      yield* signIn(tokens(1))
      for (const [script, spent] of [
        [first, "maybe"],
        [second, "yes"],
        [third, "yes"],
      ] as const) {
        yield* Effect.gen(function* () {
          const one = yield* machine
          yield* pass(1)
          yield* one.reject(yield* one.token)
          yield* pass(12)
          assert.strictEqual((yield* stored)?.spent, spent)
          // The layers end here; their keeper is interrupted, and never gets its answer.
        }).pipe(Effect.scoped, Effect.provide(cluster(script), { local: true }), (run) =>
          Effect.raceFirst(run, Effect.andThen(pass(60), Effect.die("the cluster did not end"))),
        )
      }
      assert.deepStrictEqual(
        [first, second, third].map(({ arrived }) => arrived.length),
        [1, 1, 0],
      )
    }).pipe(Effect.provide(DeviceTokens.layerMemory))
  })
})
