import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { api, drive, files, md5, process, storage, stored } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

/** A file that stops the process as soon as it is opened, among others. */
const stops = (memory: MemoryJournal.Memory, killer: string) =>
  Effect.gen(function* () {
    const begun: Array<ReadonlyArray<string>> = []
    const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
    const server = api(2)
    /** One process. Returns the files that it began, in order. */
    const run = Effect.gen(function* () {
      const { drain, events } = process(memory, store, server)
      const fiber = yield* Effect.forkChild(
        drain({
          around: (upload, { path }) => {
            if (path !== killer) return upload
            // The process is gone: its later writes do not arrive.
            return Effect.andThen(Effect.sync(memory.crash), Effect.never)
          },
        }),
      )
      yield* drive(Effect.sleep(20_000))
      yield* Fiber.interrupt(fiber)
      begun.push(events.flatMap((event) => (event._tag === "Started" ? [event.record.id] : [])))
      return events
    })
    return { run, begun }
  })

describe("An upload that stops the process", () => {
  it.effect("runs alone and last from its second stop on, and is not begun again after ten stops", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(100, 200, 300)
      const { add } = process(memory, storage(), api(2))
      yield* add(added.map(({ path }) => path))
      // As if its asset had been created earlier, so that no progress is left to make before the stop.
      const entry = memory.rows.get("u1")
      assert(entry !== undefined)
      entry.row = { ...entry.row, state: "sending" }
      const { begun, run } = yield* stops(memory, added[0]?.path ?? "")
      yield* run
      assert.deepInclude(memory.row("u1"), { state: "sending", crashes: 0 })
      yield* run
      assert.deepInclude(memory.row("u1"), { state: "sending", crashes: 1 })
      yield* run
      assert.deepInclude(memory.row("u1"), { state: "sending", crashes: 2 })
      assert.deepStrictEqual(
        [memory.row("u2").state, memory.row("u3").state],
        ["done", "done"],
        "the others were uploaded before the suspect ran",
      )
      assert.deepStrictEqual(begun[2]?.at(-1), "u1")
      for (let n = 3; n <= 9; n++) yield* run
      const events = yield* run
      assert.deepInclude(memory.row("u1"), { state: "failed", crashes: 10 })
      assert.deepStrictEqual(
        events.map((event) => (event._tag === "Failed" ? event.error._tag : event._tag)),
        ["StoppedTheProgram"],
      )
      assert.strictEqual(memory.row("u1").error?.tag, "StoppedTheProgram")
    }),
  )

  it.effect("stops being a suspect when it makes progress, so that others run beside it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) =>
        Effect.as(Effect.sleep(put.url.endsWith("/0") ? "1 second" : "1 minute"), stored(md5(put.bytes))),
      )
      const { add, drain, events } = process(memory, store, api(2))
      const added = yield* files(100, 200)
      yield* add([added[0]?.path ?? ""])
      const entry = memory.rows.get("u1")
      assert(entry !== undefined)
      entry.row = { ...entry.row, crashes: 3 }
      const fiber = yield* Effect.forkChild(drain({ parallel: 2 }))
      yield* drive(Effect.sleep(500))
      yield* add([added[1]?.path ?? ""])
      yield* drive(Effect.sleep(10_000))
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Started" ? [event.record.id] : [])),
        ["u1", "u2"],
      )
      assert.strictEqual(memory.row("u1").state, "sending")
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("is not blamed for an orderly stop", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const added = yield* files(100)
      const store = storage(() => Effect.never)
      const { add, drain } = process(memory, store, api(2))
      yield* add(added.map(({ path }) => path))
      for (let n = 0; n < 4; n++) yield* drive(Effect.timeoutOption(drain(), "5 seconds"))
      assert.deepInclude(memory.row("u1"), { state: "sending", crashes: 0 })
    }),
  )
})
