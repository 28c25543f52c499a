import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { api, drive, files, process, storage } from "./support/bench.ts"
import * as MemoryJournal from "./support/memoryJournal.ts"

const tags = (events: ReadonlyArray<{ readonly _tag: string }>) =>
  events.map(({ _tag }) => _tag).filter((tag) => tag !== "Upload")

describe("Queue", () => {
  it.effect("uploads every file of the queue and records each as done", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const added = yield* files(1000, 2000)
      const { add, drain, events } = process(memory, store, api(4))
      yield* add(added.map(({ path }) => path))
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(
        [...memory.rows.values()].map(({ row, asset, parts }) => [row.state, row.confirmed, asset, parts.size]),
        [
          ["done", 1000, undefined, 4],
          ["done", 2000, undefined, 4],
        ],
      )
      // The first file may be done before the second one is open.
      assert.deepStrictEqual(tags(events).toSorted(), ["Done", "Done", "Started", "Started"])
      assert.deepStrictEqual([store.joined(1).length, store.joined(2).length].toSorted(), [1000, 2000])
    }),
  )
})
