import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

const options = { growingAbove: 100 }

describe("WatchFolder with growingAbove", () => {
  it.effect("emits Growing once for a file that grows beyond the size, and Finished when it is quiet", () =>
    watching(options, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("take.mov", 0)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found take.mov"])
        disk.write("take.mov", 100)
        assert.deepStrictEqual(yield* after("1 seconds"), [])
        disk.write("take.mov", 101)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Growing take.mov"])
        disk.write("take.mov", 500)
        assert.deepStrictEqual(yield* after("59 seconds"), [])
        assert.deepStrictEqual(yield* after("2 seconds"), ["Finished take.mov"])
      }),
    ),
  )

  it.effect("does not emit Growing for a file that is complete when it is first seen, or that only changes", () =>
    watching(
      options,
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("1 seconds"), ["Found old.mov"])
          disk.write("old.mov", 1000, { modified: 5n })
          assert.deepStrictEqual(yield* after("1 seconds"), [])
          disk.write("old.mov", 400)
          disk.write("new.mov", 400)
          assert.deepStrictEqual(yield* after("1 seconds"), ["Found new.mov"])
          disk.write("old.mov", 401)
          assert.deepStrictEqual(yield* after("1 seconds"), ["Growing old.mov"])
        }),
      (disk) => disk.write("old.mov", 1000),
    ),
  )

  it.effect("emits Growing again for a recording that continues after it was emitted", () =>
    watching(options, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("take.mov", 10)
        yield* after("1 seconds")
        disk.write("take.mov", 200)
        yield* after("2 minutes")
        disk.write("take.mov", 300)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found take.mov"])
        disk.write("take.mov", 400)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Growing take.mov"])
        assert.deepStrictEqual(yield* after("1 minutes"), ["Changed take.mov"])
      }),
    ),
  )

  it.effect("finds growth that was not reported at the last check before the file would be emitted", () =>
    watching(options, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("take.mov", 10)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found take.mov"])
        disk.isReporting = false
        disk.write("take.mov", 200)
        const events = yield* after("61 seconds")
        assert.include(events, "Growing take.mov")
        assert.notInclude(events, "Finished take.mov")
      }),
    ),
  )
})
