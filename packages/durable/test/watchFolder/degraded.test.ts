import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

const noWatches = "Degraded this user has no free inotify watches (ENOSPC); raise fs.inotify.max_user_watches"

describe("WatchFolder, without events of the operating system", () => {
  it.effect("polls a network file system every 10 s, and reports the reason once", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("1 seconds"), [
            "Degraded the folder is on NFS, where changes are not reported",
          ])
          disk.write("a/b.mov", 1)
          assert.deepStrictEqual(yield* after("8 seconds"), [])
          assert.deepStrictEqual(yield* after("1 seconds"), ["Found a/b.mov"])
          assert.deepStrictEqual(yield* after("60 seconds"), ["Finished a/b.mov"])
          assert.deepStrictEqual(disk.watched, [])
          assert.deepStrictEqual(yield* after("1 hours"), [])
          const share = disk.pull()
          yield* after("1 minutes")
          disk.insert(share)
          assert.deepStrictEqual(yield* after("1 hours"), ["RootBack"])
        }),
      (disk) => {
        disk.unreported = "NFS"
      },
    ),
  )

  for (const [code, message] of [
    ["ENOSPC", noWatches],
    [
      "EMFILE",
      "Degraded this user has no free inotify instances or file descriptors (EMFILE); raise fs.inotify.max_user_instances",
    ],
    ["EBUSY", "Degraded the folder cannot be watched (EBUSY)"],
  ] as const) {
    it.effect(`polls all folders with one message if a watcher cannot start with ${code}`, () =>
      watching(
        {},
        ({ after, disk }) =>
          Effect.gen(function* () {
            assert.deepStrictEqual(yield* after("1 seconds"), ["Found a/a.mov", "Found b/b.mov", message])
            disk.write("c/c.mov", 1)
            assert.deepStrictEqual(yield* after("10 seconds"), ["Found c/c.mov"])
            assert.deepStrictEqual(yield* after("1 hours"), [
              "Finished a/a.mov",
              "Finished b/b.mov",
              "Finished c/c.mov",
            ])
          }),
        (disk) => {
          disk.write("a/a.mov", 1)
          disk.write("b/b.mov", 1)
          disk.watchFault = code
        },
      ),
    )
  }

  it.effect("polls, and closes the other watchers, if a watcher fails later", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("2 minutes")
          assert.lengthOf(disk.watched, 3)
          disk.failWatchers("ENOSPC")
          assert.deepStrictEqual(yield* after("1 seconds"), [noWatches])
          assert.deepStrictEqual(disk.watched, [])
          disk.write("c/c.mov", 1)
          assert.deepStrictEqual(yield* after("11 seconds"), ["Found c/c.mov"])
        }),
      (disk) => {
        disk.write("a/a.mov", 1)
        disk.write("b/b.mov", 1)
      },
    ),
  )

  it.effect("finds files that appear in a new folder before the folder is watched", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        yield* after("1 seconds")
        for (let index = 0; index < 50; index++) disk.write(`new/${index % 5}/${index}.mov`, 1)
        const found = yield* after("1 seconds")
        assert.lengthOf(found, 50)
        assert.deepStrictEqual(disk.watched, [
          "/card",
          "/card/new",
          ...Array.from({ length: 5 }, (_, index) => `/card/new/${index}`),
        ])
      }),
    ),
  )

  it.effect("watches a folder that replaced another one of the same name, and stops watching removed folders", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("2 minutes")
          disk.remove("a")
          disk.folder("/card/a")
          yield* after("1 seconds")
          disk.write("a/new.mov", 1)
          assert.deepStrictEqual(yield* after("1 seconds"), ["Found a/new.mov"])
          disk.remove("a")
          yield* after("1 seconds")
          assert.deepStrictEqual(disk.watched, ["/card"])
        }),
      (disk) => disk.write("a/b/c/old.mov", 1),
    ),
  )

  it.effect("scans the whole folder if more changes are reported than can be kept", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.folder("/card/a")
        yield* after("1 seconds")
        disk.isReporting = false
        disk.write("b/lost.mov", 1)
        disk.isReporting = true
        for (let index = 0; index < 9000; index++) disk.write("a/a.mov", index)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found a/a.mov", "Found b/lost.mov"])
      }),
    ),
  )

  it.effect("reads the attributes of many files concurrently", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          // 320 files, 10 ms each: 100 ms in 32 lanes.
          assert.lengthOf(yield* after("200 millis"), 320)
          assert.isAtMost(disk.most, 32)
        }),
      (disk) => {
        for (let index = 0; index < 320; index++) disk.write(`${index}.mov`, 1)
        disk.latencyMillis = 10
      },
    ),
  )
})
