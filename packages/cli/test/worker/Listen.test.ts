import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Listen from "../../src/worker/Listen.ts"

describe("the address of a worker", () => {
  it.effect("is a host and a port", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Listen.parse("10.0.0.7:34431"), { host: "10.0.0.7", port: 34431 })
      assert.deepStrictEqual(yield* Listen.parse("worker-1.local:0"), { host: "worker-1.local", port: 0 })
      assert.deepStrictEqual(yield* Listen.parse("[fd00::7]:34431"), { host: "fd00::7", port: 34431 })
    }),
  )

  it.effect("is rejected without a port, without a host or with an impossible port", () =>
    Effect.gen(function* () {
      for (const wrong of ["10.0.0.7", ":34431", "10.0.0.7:70000", "fd00::7:34431", "a b:1", ""]) {
        assert.include((yield* Effect.flip(Listen.parse(wrong))).message, "is not an address; write HOST:PORT")
      }
    }),
  )

  it.effect.each(["0.0.0.0:34431", "[::]:34431", "0:34431", "[0:0::0]:0", "[::ffff:0.0.0.0]:1"])(
    "is rejected if all workers would register the same address, which leads each to itself: %s",
    (wrong) =>
      Effect.map(Effect.flip(Listen.parse(wrong)), ({ message }) =>
        assert.include(message, "--listen: other workers cannot reach "),
      ),
  )

  it("is shown as it is written", () => {
    assert.strictEqual(Listen.shown({ host: "10.0.0.7", port: 1 }), "10.0.0.7:1")
    assert.strictEqual(Listen.shown({ host: "fd00::7", port: 1 }), "[fd00::7]:1")
  })
})
