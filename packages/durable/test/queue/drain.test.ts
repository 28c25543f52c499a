import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import type { QueueEvent } from "@holdfast/durable/Queue"
import { Effect, Exit, Fiber } from "effect"
import * as Fs from "node:fs"
import { api, apiOf, drive, expired, failed, files, md5, process, storage, stored, until } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const failures = (events: ReadonlyArray<QueueEvent>) =>
  events.flatMap((event) => (event._tag === "Failed" ? [[event.record.path, event.error._tag]] : [])).toSorted()

const states = (memory: MemoryJournal.Memory) => [...memory.rows.values()].map(({ row }) => row.state)

describe("Queue.drain", () => {
  it.effect("uploads 17 of 20 files if one is corrupt, one vanished and one has a paused channel", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(...Array.from({ length: 20 }, (_, n) => 500 + n))
      const [corrupt, vanished, paused] = [added[3], added[9], added[12]]
      assert(corrupt !== undefined && vanished !== undefined && paused !== undefined)
      const channelPaused = C2cError.fromResponse({ status: 409, headers: {}, body: '{"error":"Channel Paused"}' })
      const server: ReturnType<typeof api> = api(3, (nth) =>
        server.requests[nth - 1]?.name === paused.path.split("/").at(-1) ? channelPaused : undefined,
      )
      const store = storage((put) =>
        corrupt.content.includes(Buffer.from(put.bytes)) ? stored("0".repeat(32)) : stored(md5(put.bytes)),
      )
      const { add, drain, events } = process(memory, store, server)
      yield* add(added.map(({ path }) => path))
      Fs.rmSync(vanished.path)
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(
        failures(events),
        [
          [corrupt.path, "IntegrityMismatch"],
          [vanished.path, "FileMissing"],
          [paused.path, "ChannelPaused"],
        ].toSorted(),
      )
      for (const [index, { row }] of [...memory.rows.values()].entries()) {
        const isBad = [3, 9, 12].includes(index)
        assert.strictEqual(row.state, isBad ? "failed" : "done")
        assert.strictEqual(row.error?.exitCode, isBad ? 1 : undefined)
        if (!isBad) {
          const content = store.joined(Number(row.assetId?.slice("asset-".length)))
          assert.isTrue(content.equals(added[index]?.content ?? Buffer.alloc(0)))
        }
      }
    }),
  )

  it.effect(
    "lets 100 small files pass a large one that was added first",
    () =>
      Effect.gen(function* () {
        const memory = MemoryJournal.make()
        // Each part takes a second, so the large file could use all permits for half a minute.
        const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
        const added = yield* files(33 * 1024 * 1024, ...Array.from({ length: 100 }, () => 100))
        const { add, drain, events } = process(
          memory,
          store,
          apiOf(({ filesize }) => (filesize > 100 ? 300 : 1)),
        )
        yield* add(added.map(({ path }) => path))
        yield* drive(drain())
        const order = events.flatMap((event) => (event._tag === "Done" ? [event.record.seq] : []))
        assert.strictEqual(order.length, 101)
        assert.strictEqual(order.at(-1), 1)
      }),
    60_000,
  )

  it.effect("drains only the given uploads", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain } = process(memory, storage(), api(2))
      const added = yield* files(100, 200, 300)
      const [, second] = yield* add(added.map(({ path }) => path))
      yield* drive(drain({ only: new Set([second?.id ?? ""]) }))
      assert.deepStrictEqual(states(memory), ["queued", "done", "queued"])
    }),
  )

  it.effect("begins uploads by priority and then in the order in which they were added", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events, run } = process(memory, storage(), api(1))
      const added = yield* files(10, 10, 10, 10)
      const records = yield* add(added.map(({ path }) => path))
      yield* run((queue) => queue.prioritize([records[2]?.id ?? ""], 5))
      yield* drive(drain({ files: 1 }))
      const started = events.flatMap((event) => (event._tag === "Started" ? [event.record.seq] : []))
      assert.deepStrictEqual(started, [3, 1, 2, 4])
    }),
  )

  it.effect("uploads files that are added while it runs forever", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const server = api(2)
      const { drain } = process(memory, store, server)
      const other = process(memory, store, server)
      const [file] = yield* files(100)
      const fiber = yield* Effect.forkChild(drain({ forever: true }))
      yield* drive(Effect.sleep(60_000))
      yield* other.add([file?.path ?? ""])
      yield* drive(until(() => states(memory)[0] === "done"))
      assert.deepStrictEqual(states(memory), ["done"])
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("fails with JournalOwned in a second process, whose files the first process uploads", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isStuck = true
      const store = storage((put) =>
        isStuck
          ? Effect.delay(
              Effect.sync(() => stored(md5(put.bytes))),
              5000,
            )
          : stored(md5(put.bytes)),
      )
      const server = api(2)
      const [first, second] = [process(memory, store, server), process(memory, store, server)]
      const added = yield* files(100, 200)
      yield* first.add([added[0]?.path ?? ""])
      const fiber = yield* Effect.forkChild(first.drain())
      yield* drive(Effect.sleep(1000))
      yield* second.add([added[1]?.path ?? ""])
      assert.strictEqual(failed(yield* drive(second.drain()))._tag, "JournalOwned")
      isStuck = false
      const exit = yield* drive(Fiber.await(fiber))
      assert.isTrue(Exit.isSuccess(exit) && Exit.isSuccess(exit.value))
      assert.deepStrictEqual(states(memory), ["done", "done"])
    }),
  )

  it.effect("sends all parts to one new asset if the URLs expired before the next process began", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let day = 1
      const store = storage((put) => {
        if (day === 2 && put.url.includes("/1/")) return expired()
        return day === 1 && !/\/[01]$/.test(put.url) ? Effect.never : stored(md5(put.bytes))
      })
      const server = api(4)
      const added = yield* files(1000)
      const first = process(memory, store, server)
      yield* first.add(added.map(({ path }) => path))
      yield* drive(Effect.timeoutOption(first.drain(), "1 minute"))
      assert.deepInclude(memory.row("u1"), { state: "sending", assetId: "asset-1", confirmed: 500 })
      day = 2
      const second = process(memory, store, server)
      const exit = yield* drive(second.drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepInclude(memory.row("u1"), { state: "done", assetId: "asset-2", confirmed: 1000 })
      assert.isTrue(store.joined(2).equals(added[0]?.content ?? Buffer.alloc(0)))
      assert.strictEqual(server.requests.length, 2)
    }),
  )

  it.effect("fails an upload whose file changed between two processes, and sends the new version after a retry", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isStuck = true
      const store = storage((put) => (isStuck && !put.url.endsWith("/0") ? Effect.never : stored(md5(put.bytes))))
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const first = process(memory, store, server)
      yield* first.add([file.path])
      yield* drive(Effect.timeoutOption(first.drain(), "1 minute"))
      isStuck = false
      const changed = Buffer.alloc(1200, 7)
      Fs.writeFileSync(file.path, changed)
      const before = store.puts.length
      const second = process(memory, store, server)
      yield* drive(second.drain())
      assert.deepStrictEqual(failures(second.events), [[file.path, "FileChanged"]])
      assert.strictEqual(store.puts.length, before)
      yield* second.run((queue) => queue.retry(["u1"]))
      yield* drive(second.drain())
      assert.deepInclude(memory.row("u1"), { state: "done", assetId: "asset-2", confirmed: 1200 })
      assert.isTrue(store.joined(2).equals(changed))
    }),
  )
})
