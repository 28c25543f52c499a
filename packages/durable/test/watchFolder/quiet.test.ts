import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Stream } from "effect"
import { WatchFolder } from "@holdfast/durable"
import * as StoppedProcess from "../support/stoppedProcess.ts"
import { watching } from "../support/watching.ts"

describe("WatchFolder", () => {
  it.effect("emits a file when it has been unchanged for 60 s, and not earlier", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* after("1 seconds"), [])
        disk.write("a.mov", 10)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found a.mov"])
        // The first sight is 250 ms after the write.
        assert.deepStrictEqual(yield* after("59249 millis"), [])
        assert.deepStrictEqual(yield* after("1 millis"), ["Finished a.mov"])
        assert.deepStrictEqual(yield* after("2 hours"), [])
      }),
    ),
  )

  it.effect("starts the quiet time again when a camera continues to write after a pause of 55 s", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        for (let piece = 1; piece <= 5; piece++) {
          disk.write("a.mov", piece)
          assert.deepStrictEqual(yield* after("55 seconds"), piece === 1 ? ["Found a.mov"] : [])
        }
        assert.deepStrictEqual(yield* after("6 seconds"), ["Finished a.mov"])
      }),
    ),
  )

  it.effect(
    "starts the quiet time again after a stop of the process, because the camera may have been stopped too",
    () => {
      const { stop, within } = StoppedProcess.make()
      return within(
        watching({}, ({ after, disk }) =>
          Effect.gen(function* () {
            yield* after("1 seconds")
            disk.write("a.mov", 10)
            assert.deepStrictEqual(yield* after("20 seconds"), ["Found a.mov"])
            yield* stop(230_000)
            disk.write("b.mov", 10)
            assert.deepStrictEqual(yield* after("59 seconds"), ["Found b.mov"])
            assert.deepStrictEqual(yield* after("10 seconds"), ["Finished a.mov", "Finished b.mov"])
          }),
        ),
      )
    },
  )

  it.effect("emits the path, the size and the times of a file", () =>
    watching({}, ({ after, disk, events }) =>
      Effect.gen(function* () {
        disk.write("DCIM/a.mov", 10, { modified: 1_700_000_000_123_456_789n, created: 5n })
        yield* after("2 minutes")
        assert.deepStrictEqual(events.at(-1), {
          _tag: "Finished",
          file: {
            path: "/card/DCIM/a.mov",
            relative: "DCIM/a.mov",
            bytes: 10,
            modifiedAt: 1_700_000_000_123,
            modifiedNs: "1700000000123456789",
            createdNs: "5",
            inode: "3",
            device: "1",
          },
        })
      }),
    ),
  )

  it.effect("needs the whole quiet time for files that were there before it started", () =>
    watching(
      {},
      ({ after }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("59999 millis"), ["Found old.mov", "Found future.mov"])
          assert.deepStrictEqual(yield* after("1 millis"), ["Finished old.mov", "Finished future.mov"])
        }),
      (disk) => {
        disk.write("old.mov", 1, { modified: 1n })
        // A camera whose clock is years ahead.
        disk.write("future.mov", 1, { modified: 4_000_000_000_000_000_000n })
      },
    ),
  )

  it.effect("measures the quiet time correctly while the wall clock goes forward two days and back an hour", () =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let aheadMillis = 0
      const stepped: Clock.Clock = {
        ...clock,
        currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + aheadMillis,
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (millis) => millis + aheadMillis),
      }
      yield* watching({}, ({ after, disk }) =>
        Effect.gen(function* () {
          disk.write("a.mov", 1)
          assert.deepStrictEqual(yield* after("30 seconds"), ["Found a.mov"])
          aheadMillis = 2 * 86_400_000
          assert.deepStrictEqual(yield* after("29 seconds"), [])
          aheadMillis = -3_600_000
          assert.deepStrictEqual(yield* after("2 seconds"), ["Finished a.mov"])
        }),
      ).pipe(Effect.provideService(Clock.Clock, stepped))
    }),
  )

  it.effect("emits a file again as Changed when it changes after it was emitted, with the earlier version", () =>
    watching({}, ({ after, disk, events }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 10)
        yield* after("2 minutes")
        disk.write("a.mov", 12)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found a.mov"])
        assert.deepStrictEqual(yield* after("60 seconds"), ["Changed a.mov"])
        const last = events.at(-1)
        assert.deepStrictEqual(last?._tag === "Changed" && [last.previous.bytes, last.file.bytes], [10, 12])
        disk.write("a.mov", 12)
        assert.deepStrictEqual(yield* after("2 minutes"), ["Found a.mov", "Changed a.mov"])
      }),
    ),
  )

  it.effect("detects in a rescan what no event reported", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        yield* after("1 seconds")
        disk.isReporting = false
        disk.write("new/a.mov", 10)
        assert.deepStrictEqual(yield* after("4 minutes"), [])
        assert.deepStrictEqual(yield* after("1 minutes"), ["Found new/a.mov"])
        assert.deepStrictEqual(yield* after("1 minutes"), ["Finished new/a.mov"])
        disk.write("new/a.mov", 11)
        assert.deepStrictEqual(yield* after("6 minutes"), ["Found new/a.mov", "Changed new/a.mov"])
      }),
    ),
  )

  it.effect("starts the quiet time again if a change raised no event", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found a.mov"])
        disk.isReporting = false
        disk.write("a.mov", 2)
        assert.deepStrictEqual(yield* after("118 seconds"), [])
        assert.deepStrictEqual(yield* after("2 seconds"), ["Finished a.mov"])
      }),
    ),
  )

  it.effect("stops checking a file after a rescan did not find it", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        yield* after("1 seconds")
        disk.isReporting = false
        disk.remove("a.mov")
        yield* after("6 minutes")
        const count = disk.operations.length
        yield* after("1 hours")
        assert.notInclude(disk.operations.slice(count), "stat /card/a.mov")
      }),
    ),
  )

  it.effect("forgets a file that disappears before it is quiet, and emits it when it comes back", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 10)
        yield* after("30 seconds")
        disk.remove("a.mov")
        assert.deepStrictEqual(yield* after("2 minutes"), [])
        disk.write("a.mov", 10)
        assert.deepStrictEqual(yield* after("61 seconds"), ["Found a.mov", "Finished a.mov"])
      }),
    ),
  )

  it.effect("checks a file that is being written in small pieces only a few times a second", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        yield* after("1 seconds")
        const before = disk.operations.length
        for (let piece = 1; piece <= 1000; piece++) {
          disk.write("a.mov", piece)
          yield* after("10 millis")
        }
        assert.isAtMost(disk.operations.length - before, 45)
      }),
    ),
  )

  it.effect("pauses while the consumer is busy, and loses no file", () =>
    watching(
      {},
      ({ after, events }) =>
        Effect.gen(function* () {
          yield* after("1 minutes")
          assert.isAtMost(events.length, 601)
          yield* after("10 minutes")
          const count = (tag: string) => events.filter(({ _tag }) => _tag === tag).length
          assert.deepStrictEqual([count("Found"), count("Finished")], [1500, 1500])
        }),
      (disk) => {
        for (let index = 0; index < 1500; index++) disk.write(`${index}.mov`, 1)
      },
      Effect.sleep("100 millis"),
    ),
  )

  it.effect("rejects invalid options with an error that names the option and the allowed values", () =>
    Effect.gen(function* () {
      const failures = [
        watchingFails({ quietTime: 0 }),
        watchingFails({ pollInterval: "0 seconds" }),
        watchingFails({ include: [""] }),
        watchingFails({ sidecars: [{ files: "*.MXF", sidecar: "clip.XML", then: "wait" }] }),
        watchingFails({ sidecars: [{ files: "*.MXF", sidecar: "../{stem}.XML", then: "wait" }] }),
        watchingFails({ quietTimes: "1 second" } as never),
      ]
      assert.deepStrictEqual(yield* Effect.all(failures), [
        "WatchFolder: quietTime must be a duration > 0 ms (got 0)",
        'WatchFolder: pollInterval must be a duration > 0 ms (got "0 seconds")',
        'WatchFolder: include[0] must be a string that is not blank (got "")',
        'WatchFolder: sidecars[0].sidecar must be a name with {stem} or {name} (got "clip.XML")',
        'WatchFolder: sidecars[0].sidecar must be a name in the folder of the file (got "../{stem}.XML")',
        "WatchFolder: unknown option quietTimes (expected quietTime)",
      ])
    }),
  )

  it.effect("stops all watchers and all reads when the stream is interrupted", () =>
    watching(
      {},
      ({ after, disk, stop }) =>
        Effect.gen(function* () {
          yield* after("1 seconds")
          assert.deepStrictEqual(disk.watched, ["/card", "/card/a", "/card/a/b"])
          yield* stop
          assert.deepStrictEqual(disk.watched, [])
          const count = disk.operations.length
          disk.write("a/b/c.mov", 2)
          assert.deepStrictEqual(yield* after("1 hours"), [])
          assert.strictEqual(disk.operations.length, count)
        }),
      (disk) => disk.write("a/b/c.mov", 1),
    ),
  )
})

const watchingFails = (options: WatchFolder.Options) =>
  WatchFolder.watch("/card", options).pipe(
    Stream.runDrain,
    Effect.flip,
    Effect.map(({ message }) => message),
  )
