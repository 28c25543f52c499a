import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Latch } from "effect"
import * as Lanes from "../../src/internal/cluster/lanes.ts"

/** Uploads that run until they are ended by name. */
const uploads = (lanes: Lanes.Lanes) => {
  const running = new Map<string, Latch.Latch>()
  const fibers = new Map<string, Fiber.Fiber<void>>()
  const upload = (name: string) =>
    Effect.suspend(() => {
      const end = Latch.makeUnsafe()
      running.set(name, end)
      return Effect.ensuring(
        end.await,
        Effect.sync(() => void running.delete(name)),
      )
    })
  const fork = (how: (upload: Effect.Effect<void>) => Effect.Effect<void>) =>
    Effect.fnUntraced(function* (name: string) {
      fibers.set(name, yield* Effect.forkChild(how(upload(name)), { startImmediately: true }))
    })
  const settled = Effect.repeat(Effect.yieldNow, { times: 5 })
  return {
    begin: fork((one) => lanes.begin(one)),
    resume: fork((one) => lanes.resume(one)),
    end: (name: string) => Effect.andThen(running.get(name)?.open ?? Effect.die(`${name} does not run`), settled),
    interrupt: (name: string) => {
      const fiber = fibers.get(name)
      return fiber === undefined ? Effect.die(`no ${name}`) : Effect.andThen(Fiber.interrupt(fiber), settled)
    },
    running: () => [...running.keys()].toSorted(),
  }
}

describe("Lanes", () => {
  it.effect("resumes uploads at once, and begins no other before enough of them have ended", () =>
    Effect.gen(function* () {
      const { begin, end, resume, running } = uploads(Lanes.make(2))
      yield* begin("a")
      yield* begin("b")
      yield* resume("r1")
      yield* resume("r2")
      yield* begin("c")
      assert.deepStrictEqual(running(), ["a", "b", "r1", "r2"])
      yield* end("a")
      yield* end("r1")
      assert.deepStrictEqual(running(), ["b", "r2"])
      yield* end("b")
      assert.deepStrictEqual(running(), ["c", "r2"])
    }),
  )

  it.effect("begins an upload when a resumed one is interrupted", () =>
    Effect.gen(function* () {
      const { begin, interrupt, resume, running } = uploads(Lanes.make(1))
      yield* resume("r1")
      yield* resume("r2")
      yield* begin("a")
      yield* interrupt("r1")
      assert.deepStrictEqual(running(), ["r2"])
      yield* interrupt("r2")
      assert.deepStrictEqual(running(), ["a"])
    }),
  )

  it.effect("forgets an upload that is interrupted while it waits", () =>
    Effect.gen(function* () {
      const { begin, end, interrupt, running } = uploads(Lanes.make(1))
      yield* begin("a")
      yield* begin("b")
      yield* begin("c")
      yield* interrupt("b")
      yield* end("a")
      assert.deepStrictEqual(running(), ["c"])
    }),
  )
})
