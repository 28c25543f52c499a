import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { Runner, RunnerAddress, RunnerStorage } from "effect/cluster"
import { TestClock } from "effect/testing"
import * as Watch from "../../../src/internal/cluster/health/watch.ts"

const at = (port: number) => RunnerAddress.make("10.0.0.1", port)
const ports = (addresses: ReadonlyArray<RunnerAddress.RunnerAddress>) => addresses.map(({ port }) => port)

describe("the watch of a runner", () => {
  it("covers the two runners that follow it, in the order of addresses", () => {
    const all = [4, 2, 1, 3].map(at)
    assert.deepStrictEqual(ports(Watch.followers(all, at(1))), [2, 3])
    assert.deepStrictEqual(ports(Watch.followers(all, at(3))), [4, 1])
    assert.deepStrictEqual(ports(Watch.followers(all, at(4))), [1, 2])
  })

  it("covers the others in a small cluster, and none if it is not registered itself", () => {
    assert.deepStrictEqual(ports(Watch.followers([at(1), at(2)], at(2))), [1])
    assert.deepStrictEqual(ports(Watch.followers([at(1)], at(1))), [])
    assert.deepStrictEqual(ports(Watch.followers([at(1), at(2)], at(3))), [])
  })

  it.effect("marks the followers whose process has ended, and no others", () =>
    Effect.gen(function* () {
      const storage = yield* RunnerStorage.makeMemory
      for (const port of [1, 2, 3, 4]) {
        yield* storage.register(Runner.make({ address: at(port), groups: ["default"], weight: 1 }), true)
      }
      const marks: Array<readonly [number, boolean]> = []
      const watched = RunnerStorage.RunnerStorage.of({
        ...storage,
        setRunnerHealth: ({ port }, isHealthy) => Effect.sync(() => void marks.push([port, isHealthy])),
      })
      const ended = new Set([3, 4])
      const probe = ({ port }: RunnerAddress.RunnerAddress) =>
        Effect.succeed(ended.has(port) ? ("refused" as const) : port === 2 ? ("silent" as const) : ("open" as const))
      yield* Effect.forkChild(Effect.provideService(Watch.run(at(1), probe), RunnerStorage.RunnerStorage, watched))
      yield* TestClock.adjust("800 millis")
      assert.deepStrictEqual(marks, [[3, false]])
    }),
  )

  it.effect("goes on after a defect of the database, and logs a runner once that others reach", () =>
    Effect.gen(function* () {
      const storage = yield* RunnerStorage.makeMemory
      for (const port of [1, 2]) {
        yield* storage.register(Runner.make({ address: at(port), groups: ["default"], weight: 1 }), true)
      }
      let looks = 0
      let marks = 0
      const failing = RunnerStorage.RunnerStorage.of({
        ...storage,
        getRunners: Effect.suspend(() => (looks++ === 0 ? Effect.die("the session was lost") : storage.getRunners)),
        // The runner that checks the health of all reaches it, so it removes the mark.
        setRunnerHealth: () => Effect.sync(() => void marks++),
      })
      const lines: Array<unknown> = []
      const logger = Logger.make(({ message }) => void lines.push(message))
      yield* Watch.run(at(1), () => Effect.succeed("refused" as const)).pipe(
        Effect.provideService(RunnerStorage.RunnerStorage, failing),
        Effect.provide(Logger.layer([logger])),
        Effect.forkChild,
      )
      yield* TestClock.adjust("5 seconds")
      assert.isAbove(marks, 3)
      assert.strictEqual(lines.length, 1)
    }),
  )
})
