import { assert, describe, it } from "@effect/vitest"
import { Authorization, type Classified, Tokens } from "@holdfast/core"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Layer, Redacted } from "effect"
import { World } from "../../support/virtual.ts"
import { start } from "../../support/defects.ts"

describe("token refresh", () => {
  it("ten calls with a rejected token cause one refresh and continue with the new token", () => {
    const world = new World()
    const used: Array<string> = []
    let refreshes = 0
    const tokens = Layer.succeed(Tokens, {
      current: Effect.succeed(Redacted.make("old")),
      refresh: () =>
        Effect.suspend(() => {
          refreshes++
          return Effect.as(Effect.sleep(500), Redacted.make(`new ${refreshes}`))
        }),
      signedIn: Effect.never,
    })
    const refused: Classified = { _tag: "Refused", verdict: Verdict.once({ closes: "authorization", change: "token" }) }
    const program = Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.deadline("1 minute"),
        Pipeline.retry(),
        Pipeline.gates({ authorization: yield* Authorization }),
      )
      const call = (n: number) =>
        Pipeline.run(pipeline, ({ token }) =>
          Effect.gen(function* () {
            const value = token === undefined ? "none" : Redacted.value(token)
            // Some rejections of the old token arrive after the new one is in place. They must not cause another refresh.
            yield* Effect.sleep(n < 5 ? 10 : 300 * n)
            used.push(value)
            return yield* value === "old" ? Effect.fail(refused) : Effect.succeed(value)
          }),
        )
      return yield* Effect.all(
        Array.from({ length: 10 }, (_, n) => call(n)),
        { concurrency: "unbounded" },
      )
    })
    const call = start(world, Effect.provide(program, Authorization.layer.pipe(Layer.provide(tokens))))
    world.until(100_000)
    assert.deepStrictEqual(
      call.exit?._tag === "Success" && call.exit.value,
      Array.from({ length: 10 }, () => "new 1"),
    )
    assert.strictEqual(refreshes, 1)
    assert.strictEqual(used.filter((token) => token === "old").length, 10)
  })
})
