import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

describe("WatchFolder, with names that it cannot emit", () => {
  it.effect("reports links, sockets and names that are not UTF-8 once, and emits the other files", () =>
    watching(
      {},
      ({ after, disk, events }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("61 seconds"), [
            "Found a.mov",
            "Skipped b\\xff.mov nameNotUtf8",
            "Skipped link.mov symbolicLink",
            "Skipped pipe notAFile",
            "Finished a.mov",
          ])
          assert.deepStrictEqual(yield* after("1 hours"), [])
          disk.remove("pipe")
          yield* after("10 minutes")
          disk.special("pipe", "other")
          assert.deepStrictEqual(yield* after("10 minutes"), ["Skipped pipe notAFile"])
          assert.deepStrictEqual(events[1], {
            _tag: "Skipped",
            path: "/card/b\\xff.mov",
            reason: "nameNotUtf8",
            detail: "the name is not valid UTF-8; rename the file",
          })
        }),
      (disk) => {
        disk.write("a.mov", 1)
        disk.write("b\\xff.mov", 1)
        disk.special("link.mov", "link")
        disk.special("pipe", "other")
        disk.special("hidden/.socket", "other")
      },
    ),
  )

  it.effect("reports once that a folder cannot be listed, and emits its files when it can", () =>
    watching(
      {},
      ({ after, disk }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("1 hours"), [
            "Found b.mov",
            "Skipped closed unreadable",
            "Finished b.mov",
          ])
          disk.faults.clear()
          assert.deepStrictEqual(yield* after("7 minutes"), ["Found closed/a.mov", "Finished closed/a.mov"])
          disk.faults.set("list /card/closed", "EACCES")
          assert.deepStrictEqual(yield* after("1 hours"), ["Skipped closed unreadable"])
          disk.faults.clear()
          assert.deepStrictEqual(yield* after("1 hours"), [])
        }),
      (disk) => {
        disk.write("closed/a.mov", 1)
        disk.write("b.mov", 1)
        disk.faults.set("list /card/closed", "EACCES")
      },
    ),
  )

  it.effect("reports once that a file cannot be opened, and emits it when it can be", () =>
    watching(
      {},
      ({ after, disk, events }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("1 hours"), ["Found a.mov", "Skipped a.mov unreadable"])
          const skipped = events.at(-1)
          assert.strictEqual(
            skipped?._tag === "Skipped" && skipped.detail,
            "the file cannot be read: permission denied (EACCES)",
          )
          disk.faults.clear()
          assert.deepStrictEqual(yield* after("61 seconds"), ["Finished a.mov"])
        }),
      (disk) => {
        disk.write("a.mov", 1)
        disk.faults.set("readable /card/a.mov", "EACCES")
      },
    ),
  )

  it.effect("does not enter a folder that contains itself", () =>
    watching(
      {},
      ({ after }) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* after("10 minutes"), [
            "Found a/b/c.mov",
            "Skipped a/b/loop folderLoop",
            "Finished a/b/c.mov",
          ])
        }),
      (disk) => {
        disk.write("a/b/c.mov", 1)
        disk.write("a/b/loop/a/b/c.mov", 1)
        disk.nodes.set("/card/a/b/loop", disk.nodes.get("/card/a")!)
      },
    ),
  )

  it.effect("emits a file with two names once, and reports the second name", () =>
    watching({}, ({ after, disk, events }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        disk.link("a.mov", "b.mov")
        assert.deepStrictEqual(yield* after("1 hours"), ["Found a.mov", "Skipped b.mov hardLink", "Finished a.mov"])
        const skipped = events.find(({ _tag }) => _tag === "Skipped")
        assert.strictEqual(skipped?._tag === "Skipped" && skipped.detail, "another name of /card/a.mov")
      }),
    ),
  )

  it.effect("emits a file under its second name if the first name is removed before it is quiet", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        disk.link("a.mov", "b.mov")
        yield* after("10 seconds")
        disk.remove("a.mov")
        assert.deepStrictEqual(yield* after("10 minutes"), ["Found b.mov", "Finished b.mov"])
      }),
    ),
  )

  it.effect("forgets a file that a second name of another file replaces", () =>
    watching({}, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.mov", 1)
        disk.write("b.mov", 2)
        yield* after("30 seconds")
        disk.remove("a.mov")
        disk.link("b.mov", "a.mov")
        assert.deepStrictEqual(yield* after("1 seconds"), ["Skipped a.mov hardLink"])
        const count = disk.operations.length
        assert.deepStrictEqual(yield* after("3 minutes"), ["Finished b.mov"])
        assert.isAtMost(disk.operations.length - count, 25)
      }),
    ),
  )

  it.effect(
    "leaves out hidden names, excluded folders and names that no pattern includes, without reporting them",
    () =>
      watching(
        { include: ["*.mov"], exclude: ["proxies/**", "test-*"] },
        ({ after, disk }) =>
          Effect.gen(function* () {
            assert.deepStrictEqual(yield* after("1 hours"), ["Found a.mov", "Finished a.mov"])
            assert.deepStrictEqual(disk.watched, ["/card"])
          }),
        (disk) => {
          for (const path of ["a.mov", "a.xml", ".a.mov", "a.mov~", "proxies/a.mov", "test-1.mov", ".Trash/a.mov"]) {
            disk.write(path, 1)
          }
        },
      ),
  )
})
