import { assert, describe, it } from "@effect/vitest"
import { type JournalError, JournalUnwritable } from "@holdfast/durable/JournalError"
import * as Verdict from "@holdfast/core/Verdict"
import { Deferred, Effect, Exit } from "effect"
import { api, drive, files, process, storage } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const sizes = [1000, 300, 50]
const urls = 3

/** Runs the first process until it ends at a write of the journal. */
type Stop = (memory: MemoryJournal.Memory, drain: Effect.Effect<void, JournalError>) => Effect.Effect<unknown>

/** Stops a process before its n-th write, and starts processes until all files are done. */
const survive = (stop: Stop) =>
  Effect.gen(function* () {
    const memory = MemoryJournal.make()
    const store = storage()
    const server = api(urls)
    const added = yield* files(...sizes)
    const first = process(memory, store, server)
    yield* first.add(added.map(({ path }) => path))
    yield* stop(memory, first.drain())
    memory.hook = () => Effect.void
    const confirmed = [...memory.rows.values()].flatMap(({ parts, row }) =>
      [...parts.values()].flatMap(({ index, state }) => (state === "confirmed" ? [`${row.assetId} ${index}`] : [])),
    )
    const before = store.puts.length
    const second = process(memory, store, server)
    const exit = yield* drive(second.drain())
    assert.isTrue(Exit.isSuccess(exit), String(exit))
    const uncertain = [...memory.rows.values()].filter(({ row }) => row.state === "uncertain")
    if (uncertain.length > 0) {
      yield* second.run((queue) => queue.retry(uncertain.map(({ row }) => row.id)))
      assert.isTrue(Exit.isSuccess(yield* drive(second.drain())))
      assert.isTrue(
        uncertain.every(({ row }) => row.state === "uncertain"),
        "an uncertain creation was repeated unasked",
      )
      yield* second.run((queue) =>
        queue.retry(
          uncertain.map(({ row }) => row.id),
          { createAgain: true },
        ),
      )
      assert.isTrue(Exit.isSuccess(yield* drive(second.drain())))
    }
    for (const [index, { row }] of [...memory.rows.values()].entries()) {
      assert.strictEqual(row.state, "done")
      const asset = Number(row.assetId?.slice("asset-".length))
      assert.isTrue(store.joined(asset).equals(added[index]?.content ?? Buffer.alloc(0)), `${row.path} differs`)
    }
    const sentAgain = store.puts.slice(before).map(({ url }) => {
      const [, asset, index] = /(\d+)\/(\d+)$/.exec(url) ?? []
      return `asset-${asset} ${index}`
    })
    assert.deepStrictEqual(
      confirmed.filter((part) => sentAgain.includes(part)),
      [],
      "a confirmed part was sent again",
    )
    assert.strictEqual(server.requests.length, sizes.length + uncertain.length)
    return memory.written.length
  })

const crashBefore =
  (n: number): Stop =>
  (memory, drain) => {
    memory.hook = (write) => Effect.sync(() => (write === n ? memory.crash() : undefined))
    return drive(drain)
  }

const interruptBefore =
  (n: number): Stop =>
  (memory, drain) =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      memory.hook = (write) => (write === n ? Effect.asVoid(Deferred.succeed(reached, undefined)) : Effect.void)
      yield* drive(Effect.raceFirst(drain, Deferred.await(reached)))
    })

const unwritableAt =
  (n: number): Stop =>
  (memory, drain) => {
    const path = "/memory/journal.db"
    const error = new JournalUnwritable({ verdict: Verdict.always(), path, detail: "disk full", action: "free space" })
    memory.hook = (write) => (write === n ? Effect.fail(error) : Effect.void)
    return drive(drain)
  }

/** The number of writes for the files: a creation, its answer, two for each part, and the end. */
const writes = sizes.length * (2 + 2 * urls + 1)

const each = Array.from({ length: writes }, (_, n) => n + 1)

describe("A queue whose process stops at any write of the journal", () => {
  it.effect("writes each step once if nothing stops it", () =>
    Effect.map(
      survive((_, drain) => drive(drain)),
      (written) => assert.strictEqual(written, writes),
    ),
  )

  it.effect.each(each)("loses nothing and sends no confirmed part again after a crash before write %s", (n) =>
    survive(crashBefore(n)),
  )

  it.effect.each(each)("loses nothing and sends no confirmed part again if write %s fails", (n) =>
    survive(unwritableAt(n)),
  )

  it.effect.each(each)("loses nothing and sends no confirmed part again after an interruption at write %s", (n) =>
    survive(interruptBefore(n)),
  )
})
