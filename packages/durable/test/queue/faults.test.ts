import { assert, describe, it } from "@effect/vitest"
import * as Verdict from "@holdfast/core/Verdict"
import type { Change } from "@holdfast/durable/Journal"
import { type JournalError, JournalUnreadable, JournalUnwritable } from "@holdfast/durable/JournalError"
import { Effect, Exit, Fiber } from "effect"
import { api, drive, failed, files, md5, process, storage, stored, until } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const full = new JournalUnwritable({
  verdict: Verdict.always(),
  path: "/memory/journal.db",
  detail: "the disk is full",
  action: "free space",
})

const states = (memory: MemoryJournal.Memory) => [...memory.rows.values()].map(({ row }) => row.state)

/** Fails the writes of one kind of change. */
const failing =
  (tag: Change["_tag"], isFull: () => boolean): MemoryJournal.Memory["hook"] =>
  (_, changes) =>
    isFull() && changes.some(({ _tag }) => _tag === tag || _tag === "Event") ? Effect.fail(full) : Effect.void

describe("A journal that cannot be written", () => {
  it.effect("stops the upload before the part is sent, and ends the drain with the error", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const { add, drain, events } = process(memory, store, api(4))
      const added = yield* files(100, 200, 300)
      yield* add(added.map(({ path }) => path))
      memory.hook = failing("PartSending", () => true)
      const error: JournalError = failed(yield* drive(drain({ files: 1 })))
      assert.strictEqual(error._tag, "JournalUnwritable")
      assert.deepStrictEqual(states(memory), ["sending", "queued", "queued"])
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Failed" ? [event.error._tag, event.record.state] : [])),
        ["JournalUnwritable", "sending"],
      )
      assert.strictEqual(store.puts.length, 0)
    }),
  )

  it.effect("does not count a part as confirmed if its confirmation is not recorded", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events } = process(memory, storage(), api(1))
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      memory.hook = failing("PartConfirmed", () => true)
      assert.strictEqual(failed(yield* drive(drain()))._tag, "JournalUnwritable")
      const tags = events.flatMap((event) => (event._tag === "Upload" ? [event.event._tag] : [event._tag]))
      assert.notInclude(tags, "ChunkConfirmed")
      assert.notInclude(tags, "Done")
    }),
  )

  it.effect("records what was known as soon as there is space, without sending it again", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isFull = true
      const store = storage()
      const server = api(1)
      const { add, drain } = process(memory, store, server)
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      memory.hook = failing("Created", () => isFull)
      const fiber = yield* Effect.forkChild(drain({ forever: true, files: 1 }))
      yield* drive(Effect.sleep(120_000))
      // The upload does not begin again, and neither does another one.
      assert.strictEqual(server.requests.length, 1)
      assert.deepStrictEqual(states(memory), ["creating", "queued"])
      isFull = false
      yield* drive(Effect.sleep(60_000))
      assert.deepStrictEqual(states(memory), ["done", "done"])
      assert.strictEqual(server.requests.length, 2)
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("retries an upload that cannot be read only every 30 s, and uploads the others", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events } = process(memory, storage(), api(1))
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      let attempts = 0
      memory.hook = (_, changes) =>
        changes.some(({ _tag, id }) => _tag === "Creating" && id === "u1")
          ? Effect.andThen(
              Effect.sync(() => attempts++),
              Effect.fail(full),
            )
          : Effect.void
      yield* drive(Effect.timeoutOption(drain({ forever: true }), "100 seconds"))
      assert.deepStrictEqual(states(memory), ["queued", "done"])
      assert.isAtLeast(attempts, 2)
      assert.isAtMost(attempts, 4)
      assert.strictEqual(events.filter(({ _tag }) => _tag === "Done").length, 1)
    }),
  )

  it.effect("leaves an upload that was not recorded to the next drain", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events } = process(memory, storage(), api(1))
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      memory.hook = (_, changes) =>
        changes.some(({ _tag, id }) => _tag === "PartSending" && id === "u1") ? Effect.fail(full) : Effect.void
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(states(memory), ["sending", "done"])
      assert.strictEqual(events.filter(({ _tag }) => _tag === "Started").length, 2)
      memory.hook = () => Effect.void
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["done", "done"])
    }),
  )

  it.effect("is retried for a step, which does not change how the upload ends", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain } = process(
        memory,
        storage(() => stored("0".repeat(32))),
        api(2),
      )
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      let isFull = true
      memory.hook = (_, changes) => {
        const fails = isFull && changes.some(({ _tag }) => _tag === "PartSending")
        if (fails) isFull = false
        return fails ? Effect.fail(full) : Effect.void
      }
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.strictEqual(memory.row("u1").error?.tag, "IntegrityMismatch")
    }),
  )

  it.effect("does not report an upload as done if it is not recorded as done", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isFull = true
      const store = storage()
      const { add, drain, events } = process(memory, store, api(2))
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      memory.hook = failing("Done", () => isFull)
      assert.strictEqual(failed(yield* drive(drain()))._tag, "JournalUnwritable")
      assert.notInclude(
        events.map(({ _tag }) => _tag),
        "Done",
      )
      isFull = false
      const puts = store.puts.length
      yield* drive(drain())
      assert.deepStrictEqual(states(memory), ["done"])
      assert.strictEqual(store.puts.length, puts)
    }),
  )

  it.effect("does not hold up the queue because of an upload that was removed", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain } = process(memory, storage(), api(1))
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      memory.hook = (_, changes) =>
        changes.some(({ _tag, id }) => _tag === "Created" && id === "u1")
          ? Effect.andThen(
              Effect.sync(() => memory.rows.delete("u1")),
              Effect.fail(full),
            )
          : Effect.void
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(states(memory), ["done"])
    }),
  )
})

describe("A journal that cannot be read", () => {
  const unreadable = new JournalUnreadable({
    verdict: Verdict.always(),
    path: "/memory/journal.db",
    detail: "the disk does not answer",
    action: "check the disk",
  })

  it.effect("does not stop uploads that are running, nor a drain that runs forever", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
      const { add, drain } = process(memory, store, api(20))
      const [first, second] = yield* files(1000, 2000)
      yield* add([first?.path ?? ""])
      const fiber = yield* Effect.forkChild(drain({ forever: true }))
      yield* drive(until(() => store.seen.inFlight > 0))
      let readings = 0
      memory.reading = Effect.andThen(
        Effect.sync(() => readings++),
        Effect.fail(unreadable),
      )
      yield* drive(Effect.sleep(30_000))
      assert.deepStrictEqual(states(memory), ["done"])
      assert.isAbove(readings, 5)
      assert.isBelow(readings, 40)
      memory.reading = Effect.void
      yield* add([second?.path ?? ""])
      yield* drive(until(() => states(memory).every((state) => state === "done")))
      assert.deepStrictEqual(states(memory), ["done", "done"])
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("ends a drain that has nothing else to do", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain } = process(memory, storage(), api(1))
      const added = yield* files(100)
      yield* add(added.map(({ path }) => path))
      let readings = 0
      // The first reading finds creations in doubt.
      memory.reading = Effect.suspend(() => (++readings > 1 ? Effect.fail(unreadable) : Effect.void))
      assert.strictEqual(failed(yield* drive(drain()))._tag, "JournalUnreadable")
    }),
  )
})

describe("A drain whose queue another process has taken over", () => {
  it.effect("ends at once with JournalFenced and sends nothing more", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
      const { add, drain } = process(memory, store, api(20))
      const added = yield* files(1000, 1000)
      yield* add(added.map(({ path }) => path))
      const fiber = yield* Effect.forkChild(drain({ forever: true }))
      yield* drive(until(() => store.puts.length > 5))
      memory.fence()
      const recorded = [...memory.rows.values()].reduce((sum, { parts }) => sum + parts.size, 0)
      const exit = yield* drive(Fiber.join(fiber))
      assert.strictEqual(failed(exit)._tag, "JournalFenced")
      assert.isAtMost(store.puts.length, recorded)
      assert.strictEqual(store.seen.inFlight, 0)
    }),
  )
})

describe("A bug during an upload", () => {
  it.effect("ends that upload with UploadDefect, and continues the others", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, events } = process(memory, storage(), api(1))
      const added = yield* files(100, 200)
      yield* add(added.map(({ path }) => path))
      const exit = yield* drive(
        drain({ around: (upload, { id }) => (id === "u1" ? Effect.die(new Error("oops")) : upload) }),
      )
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(states(memory), ["failed", "done"])
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Failed" ? [event.error._tag] : [])),
        ["UploadDefect"],
      )
    }),
  )
})
