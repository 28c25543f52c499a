/** What users ask of the uploads of a cluster, and what its runners refuse. */
import { assert, describe, it } from "@effect/vitest"
import * as Verdict from "@holdfast/core/Verdict"
import { Journal } from "@holdfast/durable"
import { DeviceError, UploadRunner } from "@holdfast/durable/cluster"
import { Effect, Exit, Layer } from "effect"
import * as Fs from "node:fs"
import { api, drive, files, md5, storage, stored, until } from "../support/bench.ts"
import * as Cluster from "../support/cluster.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const file = { bytes: 0, modifiedNs: "0", inode: "0" }

const states = (memory: MemoryJournal.Memory) => [...memory.rows.values()].map(({ row }) => row.state)

/** Waits in virtual time, so that the cluster would have acted. */
const aWhile = Effect.sleep("20 seconds")

describe("A cluster of workers", () => {
  it.effect("cancels an upload that a runner is sending, and one that waits for a lane", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage(() => Effect.never)
      const added = yield* files(500, 600)
      const { run } = Cluster.make({ journal: memory.layer, store, server: api(2), files: 1 })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        const records = yield* journal.add(added.map(({ path }) => ({ path, file })))
        yield* until(() => states(memory).includes("sending"))
        yield* journal.want(
          records.map(({ id }) => id),
          "cancel",
        )
        yield* until(() => states(memory).every((state) => state === "canceled"))
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }),
  )

  it.effect("retries a failed upload in another run, and leaves it alone until then", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(500)
      const content = added[0]?.content ?? Buffer.alloc(0)
      const path = added[0]?.path ?? ""
      Fs.rmSync(path)
      const { events, run } = Cluster.make({ journal: memory.layer, store: storage(), server: api(2) })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        const [record] = yield* journal.add([{ path, file }])
        const id = record?.id ?? ""
        yield* until(() => memory.row(id).state === "failed")
        assert.deepInclude(memory.row(id), { run: 0, failures: 1 })
        assert.strictEqual(memory.row(id).error?.tag, "FileNotShared")
        Fs.writeFileSync(path, content)
        yield* aWhile
        assert.strictEqual(memory.row(id).state, "failed")
        yield* journal.want([id], "retry")
        yield* until(() => memory.row(id).state === "done")
        assert.deepInclude(memory.row(id), { run: 1, error: undefined })
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      const [refused] = events
      assert(refused?._tag === "Refused" && refused.error._tag === "FileNotShared")
      assert.include(refused.error.message, "cannot read the file: no such file")
      assert.include(refused.error.action, "mount the folder at the same path")
    }),
  )

  it.effect("begins nothing while the queue is paused, and then the upload with the highest priority", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(500, 600, 700)
      const { events, run } = Cluster.make({ journal: memory.layer, store: storage(), server: api(2), atOnce: 1 })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        yield* journal.setPaused(true)
        const records = yield* journal.add(added.map(({ path }) => ({ path, file })))
        yield* aWhile
        assert.deepStrictEqual(states(memory), ["queued", "queued", "queued"])
        const last = records.at(-1)?.id ?? ""
        yield* journal.prioritize([last], 5)
        yield* journal.setPaused(false)
        yield* until(() => states(memory).every((state) => state === "done"))
        const order = events.flatMap((event) => (event._tag === "Started" ? [event.record.id] : []))
        assert.deepStrictEqual(order, [last, records[0]?.id, records[1]?.id])
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }),
  )

  it.effect("never reads the whole queue, however long it is", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [added] = yield* files(500)
      const path = added?.path ?? ""
      const journal = Layer.effect(
        Journal,
        Effect.map(Journal, (all) => ({ ...all, list: Effect.die("the whole queue was read") })),
      ).pipe(Layer.provide(memory.layer))
      const { run } = Cluster.make({ journal, store: storage(), server: api(1), atOnce: 3 })
      const body = Effect.gen(function* () {
        const { add } = yield* Journal
        yield* add(Array.from({ length: 20 }, (_, n) => ({ path, name: `${n}.mov`, file })))
        yield* until(() => states(memory).every((state) => state === "done"))
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }),
  )

  it.effect("repeats no creation whose answer was lost until the user allows it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(500)
      const server = api(2)
      const { run } = Cluster.make({ journal: memory.layer, store: storage(), server })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        yield* journal.setPaused(true)
        const [record] = yield* journal.add(added.map(({ path }) => ({ path, file })))
        const id = record?.id ?? ""
        const lost = yield* Effect.scoped(journal.ownUpload(id))
        yield* lost.write({ _tag: "Creating", id, file })
        yield* journal.setPaused(false)
        yield* until(() => memory.row(id).state === "uncertain" && memory.row(id).error !== undefined)
        assert.strictEqual(server.requests.length, 0)
        yield* journal.want([id], "retry-create-again")
        yield* until(() => memory.row(id).state === "done")
        assert.strictEqual(server.requests.length, 1)
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }),
  )

  it.effect("waits for a device that is unavailable, and fails the upload of one that is not paired", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(500, 600)
      let asked = 0
      const error = (device: string) => ({ verdict: Verdict.always(), device, detail: "test", action: "pair it" })
      const { run } = Cluster.make({
        journal: memory.layer,
        store: storage(),
        server: api(2),
        check: (device) => {
          if (device === "unknown") return Effect.fail(DeviceError.cases.DeviceNotPaired.make(error(device)))
          return ++asked < 3 ? Effect.fail(DeviceError.cases.DeviceUnavailable.make(error(device))) : Effect.void
        },
      })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        const devices = ["unknown", "cart-7"]
        yield* journal.add(added.map(({ path }, n) => ({ path, file, device: devices[n] })))
        yield* until(() => states(memory).join() === "failed,done")
        assert.strictEqual([...memory.rows.values()][0]?.row.error?.tag, "DeviceNotPaired")
        assert.strictEqual(asked, 3)
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
    }),
  )

  it.effect("ends a runner without losing a part in flight, and begins no other part", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) => Effect.as(Effect.sleep("3 seconds"), stored(md5(put.bytes))))
      const added = yield* files(600)
      const { run } = Cluster.make({ journal: memory.layer, store, server: api(6), parallel: 1 })
      const body = Effect.gen(function* () {
        const journal = yield* Journal
        const runner = yield* UploadRunner.UploadRunner
        yield* journal.add(added.map(({ path }) => ({ path, file })))
        yield* until(() => store.puts.length === 2)
        assert.isTrue(yield* runner.drain("10 seconds"))
        assert.strictEqual(yield* runner.inFlight, 0)
        yield* aWhile
        assert.strictEqual(store.puts.length, 2)
      })
      const exit = yield* drive(run(body))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      const [stored2] = memory.rows.values()
      assert.strictEqual([...(stored2?.parts.values() ?? [])].filter(({ state }) => state === "confirmed").length, 2)
    }),
  )
})
