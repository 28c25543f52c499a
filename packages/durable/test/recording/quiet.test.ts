import { assert, describe, it } from "@effect/vitest"
import { LocalFile } from "@holdfast/c2c"
import { Clock, Effect, Fiber } from "effect"
import * as Fs from "node:fs"
import { drive, temporaryFile } from "../../../c2c/test/support/uploads.ts"
import * as Quiet from "../../src/internal/recording/quiet.ts"
import * as StoppedProcess from "../support/stoppedProcess.ts"

/** How long an effect runs, in milliseconds of virtual time. */
const lasts = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const before = yield* Clock.currentTimeMillis
    yield* drive(effect)
    return (yield* Clock.currentTimeMillis) - before
  })

describe("the end of a recording", () => {
  it.effect("is recognized when the file has been unchanged for the quiet time, and not earlier", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("take"))
      assert.isAtLeast(yield* lasts(Quiet.wait(path, 60_000)), 60_000)
      assert.isBelow(yield* lasts(Quiet.wait(path, 5000)), 60_000)
    }),
  )

  it.effect("is postponed by each change, also if only the modification time or the inode differs", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("take"))
      const fiber = yield* Effect.forkChild(Quiet.wait(path, 60_000))
      const changes = [
        () => Fs.appendFileSync(path, "more"),
        () => Fs.utimesSync(path, 1, 1),
        () => {
          Fs.copyFileSync(path, `${path}.new`)
          Fs.utimesSync(`${path}.new`, 1, 1)
          Fs.renameSync(`${path}.new`, path)
        },
        () => Fs.rmSync(path),
      ]
      for (const change of changes) {
        yield* drive(Effect.sleep("50 seconds"))
        assert.isUndefined(fiber.pollUnsafe())
        change()
      }
      yield* drive(Effect.sleep("10 minutes"))
      assert.isUndefined(fiber.pollUnsafe(), "a file that is missing counted as quiet")
      Fs.writeFileSync(path, "back")
      assert.isAtLeast(yield* lasts(Fiber.join(fiber)), 60_000)
    }),
  )

  it.effect("is not concluded from a stop of the process, because the recorder may have been stopped too", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("take"))
      const { stop, within } = StoppedProcess.make()
      const fiber = yield* Effect.forkChild(within(Quiet.wait(path, 60_000)), { startImmediately: true })
      yield* drive(Effect.sleep("10 seconds"))
      yield* stop(230_000)
      // The stop counts for a quarter of the quiet time.
      yield* drive(Effect.sleep("30 seconds"))
      assert.isUndefined(fiber.pollUnsafe())
      assert.isAtMost(yield* lasts(Fiber.join(fiber)), 10_000)
    }),
  )

  it.effect("is known at once if the file has the version that an earlier process recorded at the end", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(Buffer.from("take"))
      const ended = yield* LocalFile.version(path)
      assert.isBelow(yield* lasts(Quiet.wait(path, 60_000, ended)), 60_000)
      Fs.appendFileSync(path, "more")
      assert.isAtLeast(yield* lasts(Quiet.wait(path, 60_000, ended)), 60_000)
    }),
  )
})
