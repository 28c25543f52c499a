import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

describe("WatchFolder, when names and files differ", () => {
  it.effect("emits a file once, under its last name, if it is renamed while it is being written", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        yield* after("30 seconds")
        disk.move("a.mov", "b.mov")
        assert.deepStrictEqual(yield* after("10 seconds"), [])
        disk.write("b.mov", 2)
        assert.deepStrictEqual(yield* after("61 seconds"), ["Finished b.mov"])
        assert.deepStrictEqual(yield* after("1 hours"), [])
      }),
    ),
  )

  it.effect("emits a file once if it or its folder is renamed after it was emitted", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("DCIM/a.mov", 1)
        assert.deepStrictEqual(yield* after("61 seconds"), ["Found DCIM/a.mov", "Finished DCIM/a.mov"])
        disk.move("DCIM/a.mov", "DCIM/b.mov")
        yield* after("1 seconds")
        disk.move("DCIM", "done")
        assert.deepStrictEqual(yield* after("1 hours"), [])
        disk.write("done/b.mov", 2)
        assert.deepStrictEqual(yield* after("61 seconds"), ["Found done/b.mov", "Changed done/b.mov"])
      }),
    ),
  )

  it.effect("emits the file that a copy program renames from a temporary name", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov.part", 1)
        assert.deepStrictEqual(yield* after("10 minutes"), [])
        disk.move("a.mov.part", "a.mov")
        assert.deepStrictEqual(yield* after("61 seconds"), ["Found a.mov", "Finished a.mov"])
      }),
    ),
  )

  it.effect("emits the files of the next card as new, even with the same names, sizes and modification times", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("61 seconds"), ["Found C0001.MP4", "Finished C0001.MP4"])
          disk.pull()
          yield* after("1 minutes")
          disk.folder("/card")
          disk.write("C0001.MP4", 9, { modified: 7n })
          assert.deepStrictEqual(yield* after("71 seconds"), ["RootBack", "Found C0001.MP4", "Finished C0001.MP4"])
        }),
      (disk) => disk.write("C0001.MP4", 9, { modified: 7n }),
    ),
  )

  it.effect("emits a file as new if it has the inode of a deleted one but another time of creation", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1, { modified: 7n, created: 1n })
        yield* after("2 minutes")
        const { inode } = disk.nodes.get("/card/a.mov")!
        disk.remove("a.mov")
        disk.write("a.mov", 1, { modified: 7n, created: 2n })
        disk.nodes.get("/card/a.mov")!.inode = inode
        assert.deepStrictEqual(yield* after("2 minutes"), ["Found a.mov", "Finished a.mov"])
      }),
    ),
  )

  it.effect("emits a file that replaces another one under its name as Finished", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1, { modified: 7n })
        yield* after("2 minutes")
        disk.write("a.mov.tmp", 1, { modified: 7n })
        disk.remove("a.mov")
        disk.move("a.mov.tmp", "a.mov")
        assert.deepStrictEqual(yield* after("2 minutes"), ["Found a.mov", "Finished a.mov"])
      }),
    ),
  )

  it.effect("does not emit a file again if its inode changes on a file system that does not keep inodes", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("61 seconds"), ["Found a.mov", "Finished a.mov"])
          disk.nodes.get("/card/a.mov")!.inode = 4711n
          assert.deepStrictEqual(yield* after("1 hours"), [])
          const card = disk.pull()
          yield* after("1 minutes")
          disk.insert(card)
          assert.deepStrictEqual(yield* after("1 hours"), ["RootBack"])
          // Another card of this kind differs by its mark.
          disk.pull()
          yield* after("1 minutes")
          disk.mark = "card-2"
          disk.insert(card)
          assert.deepStrictEqual(yield* after("2 minutes"), ["RootBack", "Found a.mov", "Finished a.mov"])
        }),
      (disk) => {
        disk.keepsInodes = false
        disk.write("a.mov", 1)
      },
    ),
  )

  it.effect("recognizes files without a time of creation by their inodes on the same volume", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("61 seconds"), ["Found a.mov", "Finished a.mov"])
          disk.move("a.mov", "b.mov")
          assert.deepStrictEqual(yield* after("1 hours"), [])
          const card = disk.pull()
          yield* after("1 minutes")
          disk.mark = "card-2"
          disk.insert(card)
          assert.deepStrictEqual(yield* after("2 minutes"), ["RootBack", "Found b.mov", "Finished b.mov"])
        }),
      (disk) => {
        disk.statesCreation = false
        disk.write("a.mov", 1)
      },
    ),
  )

  it.effect("tells equal inodes of two devices apart", () =>
    watching({}, ({ after, disk, events }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1, { modified: 7n, created: 7n })
        disk.write("mounted/a.mov", 1, { modified: 7n, created: 7n })
        const nested = disk.nodes.get("/card/mounted/a.mov")!
        nested.inode = disk.nodes.get("/card/a.mov")!.inode
        Object.assign(nested, { device: 77n })
        yield* after("2 minutes")
        assert.deepStrictEqual(
          events.flatMap((event) => (event._tag === "Finished" ? [event.file.relative] : [])),
          ["a.mov", "mounted/a.mov"],
        )
      }),
    ),
  )
})
