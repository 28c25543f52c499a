import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

describe("WatchFolder, when its folder disappears", () => {
  it.effect("waits for a folder that does not exist yet", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("1 hours"), ["RootMissing it does not exist (ENOENT)"])
          disk.folder("/card")
          disk.write("a.mov", 1)
          assert.deepStrictEqual(yield* after("10 seconds"), ["RootBack", "Found a.mov"])
          assert.deepStrictEqual(yield* after("60 seconds"), ["Finished a.mov"])
        }),
      (disk) => void disk.pull(),
    ),
  )

  it.effect("waits for a folder if the path names a file", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          disk.nodes.get("/card")!.kind = "file"
          assert.deepStrictEqual(yield* after("1 minutes"), ["RootMissing it is not a folder"])
          disk.nodes.get("/card")!.kind = "folder"
          assert.deepStrictEqual(yield* after("1 minutes"), ["RootBack"])
        }),
      (disk) => disk.faults.set("volume /card", "ENOENT") && disk.faults.clear(),
    ),
  )

  it.effect("reports once that it lacks permission to list the folder", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        yield* after("1 seconds")
        disk.faults.set("list /card", "EACCES")
        assert.deepStrictEqual(yield* after("1 hours"), ["RootMissing permission denied (EACCES)"])
        disk.faults.clear()
        disk.write("a.mov", 1)
        assert.deepStrictEqual(yield* after("71 seconds"), ["RootBack", "Found a.mov", "Finished a.mov"])
      }),
    ),
  )

  it.effect("neither reports nor sends a file twice if the card is pulled, comes back empty, and then whole", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          disk.write("new.mov", 1)
          assert.deepStrictEqual(yield* after("1 seconds"), ["Found new.mov"])
          const card = disk.pull()
          assert.deepStrictEqual(yield* after("1 hours"), ["RootMissing it does not exist (ENOENT)"])
          disk.emptyMountPoint()
          assert.deepStrictEqual(yield* after("1 hours"), [])
          disk.insert(card)
          // The file that was not emitted yet starts its quiet time again.
          assert.deepStrictEqual(yield* after("10 seconds"), ["RootBack"])
          assert.deepStrictEqual(yield* after("49 seconds"), [])
          assert.deepStrictEqual(yield* after("12 seconds"), ["Finished new.mov"])
          assert.deepStrictEqual(yield* after("1 hours"), [])
        }),
      (disk) => {
        disk.write("DCIM/a.mov", 1)
        disk.write("DCIM/b.mov", 1)
      },
    ),
  )

  it.effect("waits for the volume if only its empty mount point is left", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          const card = disk.pull()
          disk.emptyMountPoint()
          assert.deepStrictEqual(yield* after("1 hours"), ["RootMissing it is empty; the volume may not be mounted"])
          disk.insert(card)
          assert.deepStrictEqual(yield* after("1 hours"), ["RootBack"])
        }),
      (disk) => disk.write("a.mov", 1),
    ),
  )

  it.effect("does not wait if the user deletes all files of the folder", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          disk.remove("a.mov")
          assert.deepStrictEqual(yield* after("1 hours"), [])
          disk.write("b.mov", 1)
          assert.deepStrictEqual(yield* after("61 seconds"), ["Found b.mov", "Finished b.mov"])
        }),
      (disk) => disk.write("a.mov", 1),
    ),
  )

  it.effect("watches the folder that replaced the earlier one, and emits its files as new", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          disk.pull()
          disk.folder("/card")
          disk.write("a.mov", 1, { modified: 7n })
          assert.deepStrictEqual(yield* after("10 seconds"), [
            "RootMissing another folder or volume is now at this path",
            "RootBack",
            "Found a.mov",
          ])
          disk.write("b.mov", 1)
          assert.deepStrictEqual(yield* after("61 seconds"), ["Found b.mov", "Finished a.mov", "Finished b.mov"])
        }),
      (disk) => disk.write("a.mov", 1, { modified: 7n }),
    ),
  )

  it.effect("does not report names as unreadable if the medium vanishes during a scan", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          for (const name of ["a.mov", "b.mov"]) disk.faults.set(`/card/${name}`, "EIO")
          disk.faults.set("/card", "EIO")
          assert.deepStrictEqual(yield* after("6 minutes"), ["RootMissing the medium is gone or does not answer (EIO)"])
          disk.faults.clear()
          assert.deepStrictEqual(yield* after("6 minutes"), ["RootBack"])
        }),
      (disk) => {
        disk.write("a.mov", 1)
        disk.write("b.mov", 1)
      },
    ),
  )

  it.effect("discards a scan whose reads fail because the medium vanishes while it runs", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("299 seconds")
          // The scan of second 300 checks the folder until 300.4, lists it until 300.8 and reads its files until 301.2.
          disk.latencyMillis = 400
          for (const path of ["/card/a.mov", "/card/b.mov"]) disk.faults.set(path, "EIO")
          const [events] = yield* Effect.all(
            [
              after("5 seconds"),
              Effect.andThen(
                Effect.sleep("1900 millis"),
                Effect.sync(() => disk.faults.set("/card", "EIO")),
              ),
            ],
            { concurrency: 2 },
          )
          assert.deepStrictEqual(events, ["RootMissing the medium is gone or does not answer (EIO)"])
        }),
      (disk) => {
        disk.write("a.mov", 1)
        disk.write("b.mov", 1)
      },
    ),
  )

  it.effect("reports after 30 s that a share does not respond, and starts no second operation on it", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("61 seconds")
          disk.faults.set("/card", "hangs")
          const before = disk.operations.length
          assert.deepStrictEqual(yield* after("30 seconds"), [])
          assert.deepStrictEqual(yield* after("1 hours"), ["RootMissing the file system does not answer"])
          assert.deepStrictEqual(disk.operations.slice(before), ["volume /card"])
        }),
      (disk) => disk.write("a.mov", 1),
    ),
  )
})
