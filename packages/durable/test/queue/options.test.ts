import { assert, describe, it } from "@effect/vitest"
import { Queue } from "@holdfast/durable"
import type { DrainOptions, QueueEvent } from "@holdfast/durable/Queue"
import { layerWith } from "@holdfast/durable/Queue"
import { Effect, Exit, Fiber, Layer } from "effect"
import { api, drive, files, md5, process, quiet, slowDown, storage, stored, until, uploader } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

describe("Queue.layerWith({ describe })", () => {
  it.effect("records an error as the program describes it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const layer = layerWith({
        describe: ({ _tag }) => ({ tag: `my ${_tag}`, message: "in my words", exitCode: 8 }),
      }).pipe(
        Layer.provide([
          uploader(
            storage(() => stored("0".repeat(32))),
            api(1),
          ),
          memory.layer,
        ]),
      )
      const [file] = yield* files(100)
      const sent = Queue.use((queue) =>
        Effect.andThen(queue.add([{ path: file?.path ?? "" }]), Effect.andThen(queue.drain(), queue.list)),
      ).pipe(Effect.provide(layer), quiet)
      const exit = yield* drive(sent)
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(
        exit.value.map(({ error, state }) => [state, error]),
        [["failed", { tag: "my IntegrityMismatch", message: "in my words", exitCode: 8 }]],
      )
    }),
  )

  it.effect("records the tag, the message and exit code 1 by default", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage(() => stored("0".repeat(32)))
      const { add, drain, events } = process(memory, store, api(1))
      const [file] = yield* files(100)
      yield* add([file?.path ?? ""])
      yield* drive(drain())
      const [message] = events.flatMap((event) => (event._tag === "Failed" ? [event.error.message] : []))
      assert.isString(message)
      assert.deepStrictEqual(memory.row("u1").error, { tag: "IntegrityMismatch", message, exitCode: 1 })
    }),
  )
})

describe("Queue.drain during an outage of the storage", () => {
  const hour = 3_600_000

  /** Drains two files while the storage responds with SlowDown, and returns the events after the outage. */
  const outage = (hours: number, options: DrainOptions) =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isAway = true
      const store = storage((put) => (isAway ? slowDown() : stored(md5(put.bytes))))
      const server = api(3)
      const { add, drain, events } = process(memory, store, server)
      const added = yield* files(300, 300)
      yield* add(added.map(({ path }) => path))
      const fiber = yield* Effect.forkChild(drain(options))
      yield* drive(until(() => store.puts.length > 0))
      const during: Array<QueueEvent["_tag"]> = []
      for (let n = 0; n < hours && fiber.pollUnsafe() === undefined; n++) {
        yield* drive(Effect.sleep(hour))
        during.push(...events.map(({ _tag }) => _tag).filter((tag) => tag === "Failed" || tag === "Done"))
      }
      isAway = false
      const exit = yield* drive(Fiber.join(fiber))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      return { memory, store, server, added, during }
    })

  it.effect(
    "waits for the storage as long as the outage lasts, with one asset, and then uploads all files",
    () =>
      Effect.gen(function* () {
        for (const options of [{}, { onStorageOutage: "hold" } as const]) {
          const { added, during, memory, server, store } = yield* outage(3, options)
          assert.deepStrictEqual(during, [])
          assert.deepStrictEqual(
            [...memory.rows.values()].map(({ row }) => row.state),
            ["done", "done"],
          )
          // One file was begun: the others would only have left assets behind.
          assert.strictEqual(server.requests.length, 2)
          for (const [n, { content }] of added.entries()) assert.isTrue(store.joined(n + 1).equals(content))
        }
      }),
    30_000,
  )

  it.effect("fails the uploads after the retries if the caller asks for it", () =>
    Effect.gen(function* () {
      const { memory } = yield* outage(3, { onStorageOutage: "fail" })
      assert.deepStrictEqual(
        [...memory.rows.values()].map(({ row }) => [row.state, row.error?.tag]),
        [
          ["failed", "SlowDown"],
          ["failed", "SlowDown"],
        ],
      )
    }),
  )
})
