import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import { Effect, Exit } from "effect"
import { api, drive, files, storage, until } from "../support/bench.ts"
import * as Cluster from "../support/cluster.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const file = { bytes: 0, modifiedNs: "0", inode: "0" }

describe("UploadRunner", () => {
  it.effect("uploads what any process adds to the journal, each file for its device", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const added = yield* files(500, 600, 700)
      const { devices, events, run } = Cluster.make({ journal: memory.layer, store, server: api(3) })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        yield* journal.add(added.map(({ path }, n) => ({ path, file, ...(n === 0 ? {} : { device: `cart-${n}` }) })))
        yield* until(() => [...memory.rows.values()].every(({ row }) => row.state === "done"))
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(devices.toSorted(), ["cart-1", "cart-2", "default"])
      assert.strictEqual(events.filter(({ _tag }) => _tag === "Done").length, 3)
      for (const [index, { row }] of [...memory.rows.values()].entries()) {
        const content = store.joined(Number(row.assetId?.slice("asset-".length)))
        assert.isTrue(content.equals(added[index]?.content ?? Buffer.alloc(0)))
      }
      assert.strictEqual(store.puts.length, 9)
    }),
  )
})
