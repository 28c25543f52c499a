import { assert, describe, it } from "@effect/vitest"
import { DecodeFailure } from "@holdfast/http"
import * as Uncertain from "@holdfast/c2c/AssetCreationUncertain"
import { Journal } from "@holdfast/durable"
import { Effect, Exit, Fiber, Stream } from "effect"
import { api, drive, files, hanging, md5, process, storage, stored, until } from "../support/bench.ts"
import { initial } from "../../src/internal/queue/partsInFlight.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const states = (memory: MemoryJournal.Memory) => [...memory.rows.values()].map(({ row }) => row.state)

/** A storage whose parts hang until they are released. */
const stuck = () => {
  let isStuck = true
  let isFirst = true
  // The first part is confirmed, so that the other files begin.
  const store = storage((put) => {
    const answers = isFirst || !isStuck
    isFirst = false
    return answers ? stored(md5(put.bytes)) : Effect.never
  })
  return {
    store,
    release: () => {
      isStuck = false
    },
  }
}

const MiB = 1024 * 1024

/** A permit admits four small parts. */
const initialParts = initial * 4

const lost = Uncertain.make(
  "A001.mov",
  new DecodeFailure({
    verdict: { retry: "once", pace: "transient", change: "nothing" },
    method: "POST",
    url: "http://api.test/v2/devices/assets",
    reached: "maybe",
  }),
)

describe("Requests of another process", () => {
  it.effect("cancel one running upload within a second, delete its URLs and let the others continue", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { release, store } = stuck()
      const server = api(2)
      const owner = process(memory, store, server)
      const person = process(memory, store, server)
      const added = yield* files(2 * MiB, 2 * MiB, 2 * MiB)
      const [, second] = yield* owner.add(added.map(({ path }) => path))
      const fiber = yield* Effect.forkChild(owner.drain())
      yield* drive(until(() => store.seen.inFlight > 0))
      yield* drive(Effect.sleep(2000))
      assert.strictEqual(store.seen.inFlight, initial, "the initial limit of parts in flight")
      yield* person.run((queue) => queue.cancel([second?.id ?? ""]))
      yield* drive(Effect.sleep(1000))
      assert.deepStrictEqual(states(memory), ["sending", "canceled", "sending"])
      const canceled = memory.rows.get(second?.id ?? "")
      assert.deepStrictEqual([canceled?.asset, canceled?.parts.size, canceled?.row.wanted], [undefined, 0, undefined])
      release()
      yield* Fiber.interrupt(fiber)
      yield* drive(process(memory, store, server).drain())
      assert.deepStrictEqual(states(memory), ["done", "canceled", "done"])
    }),
  )

  it.effect("cancel all uploads that are not done", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { store } = stuck()
      const server = api(2)
      const owner = process(memory, store, server)
      const added = yield* files(...Array.from({ length: 12 }, () => 100))
      yield* owner.add(added.map(({ path }) => path))
      const fiber = yield* Effect.forkChild(owner.drain())
      yield* drive(until(() => store.seen.inFlight > 0))
      yield* drive(Effect.sleep(2000))
      yield* process(memory, store, server).run((queue) => queue.cancelAll)
      // Nothing is left, so the drain ends.
      const exit = yield* drive(Fiber.await(fiber))
      assert.isTrue(Exit.isSuccess(exit) && Exit.isSuccess(exit.value))
      assert.deepStrictEqual([...new Set(states(memory))], ["canceled"])
      assert.strictEqual(store.seen.inFlight, 0)
    }),
  )

  it.effect("are carried out by the next drain if no process drains the queue", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events, run } = process(memory, storage(), api(2))
      const added = yield* files(100, 200)
      const [first] = yield* add(added.map(({ path }) => path))
      yield* run((queue) => queue.cancel([first?.id ?? ""]))
      assert.deepStrictEqual(states(memory), ["queued", "queued"])
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["canceled", "done"])
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Canceled" ? [event.record.id] : [])),
        [first?.id],
      )
    }),
  )

  it.effect("retry a failed upload and continue with the parts that are not confirmed", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isBroken = true
      const store = storage((put) =>
        isBroken && put.url.endsWith("/3") ? stored("0".repeat(32)) : stored(md5(put.bytes)),
      )
      const { add, drain, run } = process(memory, store, api(4))
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      yield* drive(drain({ parallel: 1 }))
      assert.deepInclude(memory.row("u1"), { state: "failed", failures: 1, confirmed: 75 })
      isBroken = false
      const before = store.puts.length
      yield* run((queue) => queue.retry(["u1"]))
      yield* drive(drain())
      assert.deepInclude(memory.row("u1"), { state: "done", error: undefined, wanted: undefined, resumed: true })
      assert.strictEqual(store.puts.length, before + 1)
    }),
  )

  it.effect("retry a canceled upload with a new asset", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const server = api(2)
      const { add, drain, run } = process(memory, store, server)
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      yield* run((queue) => queue.cancelAll)
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["canceled"])
      yield* run((queue) => queue.retry(["u1"]))
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["done"])
    }),
  )

  it.effect("pause the queue: parts in flight are completed, and no others begin until the user resumes it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) => Effect.as(Effect.sleep("2 seconds"), stored(md5(put.bytes))))
      const server = api(20)
      const owner = process(memory, store, server)
      const person = process(memory, store, server)
      const added = yield* files(1000, 1000)
      yield* owner.add(added.map(({ path }) => path))
      const fiber = yield* Effect.forkChild(owner.drain())
      yield* drive(Effect.sleep(1000))
      yield* person.run((queue) => queue.pause)
      yield* drive(Effect.sleep(60_000))
      const [third] = yield* files(1000)
      yield* person.add([third?.path ?? ""])
      yield* drive(Effect.sleep(60_000))
      assert.strictEqual(store.puts.length, initialParts)
      assert.strictEqual(server.requests.length, 1, "no other file begins before the first part is confirmed")
      assert.strictEqual(
        [...memory.rows.values()].reduce((sum, { row }) => sum + row.confirmed, 0),
        initialParts * 50,
      )
      const paused = owner.events.filter(({ _tag }) => _tag === "Paused" || _tag === "Unpaused").map(({ _tag }) => _tag)
      assert.deepStrictEqual(paused, ["Paused"])
      yield* person.run((queue) => queue.resume)
      const exit = yield* drive(Fiber.await(fiber))
      assert.isTrue(Exit.isSuccess(exit) && Exit.isSuccess(exit.value))
      assert.deepStrictEqual(states(memory), ["done", "done", "done"])
    }),
  )

  it.effect("leave an uncertain upload uncertain if a retry may not create another asset", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = api(2, (nth) => (nth === 1 ? lost : undefined))
      const { add, drain } = process(memory, storage(), server)
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      yield* drive(drain())
      // Another program may write this to the journal.
      yield* Journal.use((journal) => journal.want(["u1"], "retry")).pipe(Effect.provide(memory.layer))
      yield* drive(drain())
      assert.deepInclude(memory.row("u1"), { state: "uncertain", wanted: undefined, failures: 1 })
      assert.strictEqual(server.requests.length, 1)
    }),
  )
})

describe("A creation whose response is lost", () => {
  it.effect("is uncertain, and is repeated only if the user allows it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = api(2, (nth) => (nth === 1 ? lost : undefined))
      const { add, drain, events, run } = process(memory, storage(), server)
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["uncertain", "done"])
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Failed" ? [event.error._tag, event.record.state] : [])),
        ["AssetCreationUncertain", "uncertain"],
      )
      yield* run((queue) => queue.retry(["u1"]))
      yield* drive(drain())
      assert.strictEqual(memory.row("u1").state, "uncertain")
      yield* run((queue) => queue.retry(["u1"], { createAgain: true }))
      yield* drive(drain())
      assert.deepInclude(memory.row("u1"), { state: "done", createAgain: true })
      assert.strictEqual(server.requests.length, 3)
    }),
  )

  it.effect("is repeated at once if the file was added with createAgain", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = api(2, (nth) => (nth === 1 ? lost : undefined))
      const { drain, run } = process(memory, storage(), server)
      const [file] = yield* files(100)
      yield* run((queue) => queue.add([{ path: file?.path ?? "", createAgain: true }]))
      yield* drive(drain())
      assert.deepInclude(memory.row("u1"), { state: "done", assetId: "asset-2" })
    }),
  )

  it.effect("is reported by the next drain if the process stopped meanwhile", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events } = process(memory, storage(), api(2))
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      const entry = memory.rows.get("u1")
      assert(entry !== undefined)
      entry.row = { ...entry.row, state: "creating" }
      yield* drive(drain())
      assert.strictEqual(memory.row("u1").error?.tag, "AssetCreationUncertain")
      assert.deepStrictEqual(
        events.map((event) => (event._tag === "Failed" ? [event.error._tag, event.record.state] : event._tag)),
        [["AssetCreationUncertain", "uncertain"]],
      )
      yield* drive(drain())
      assert.strictEqual(events.length, 1)
    }),
  )

  it.effect("is uncertain at once if the drain is interrupted", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain } = process(memory, storage(), hanging())
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      yield* drive(Effect.timeoutOption(drain(), "5 seconds"))
      assert.deepInclude(memory.row("u1"), { state: "uncertain", assetId: undefined })
    }),
  )
})

describe("Queue.changes", () => {
  it.effect("begins with the current state and gives a slow reader the latest state", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, run } = process(memory, storage(), api(2))
      const added = yield* files(...Array.from({ length: 20 }, () => 10))
      const seen: Array<number> = []
      const reader = yield* Effect.forkChild(
        run((queue) =>
          Stream.runForEach(queue.changes, (records) =>
            Effect.andThen(
              Effect.sync(() => void seen.push(records.length)),
              Effect.sleep(10_000),
            ),
          ),
        ),
      )
      yield* drive(Effect.sleep(1000))
      for (const { path } of added) yield* add([path])
      yield* drive(Effect.sleep(60_000))
      assert.deepStrictEqual([seen[0], seen.at(-1)], [0, 20])
      assert.isBelow(seen.length, 5)
      yield* Fiber.interrupt(reader)
    }),
  )
})
