import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { api, drive, files, md5, process, storage, stored, until } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

const KiB = 1024

/** The changes of each write of an upload without faults. */
const writes = (bytes: number, urls: number) =>
  Effect.gen(function* () {
    const memory = MemoryJournal.make()
    const seen: Array<string> = []
    memory.hook = (_, changes) => Effect.sync(() => void seen.push(changes.map(({ _tag }) => _tag).join(" ")))
    const one = process(memory, storage(), api(urls))
    yield* one.add((yield* files(bytes)).map(({ path }) => path))
    yield* drive(one.drain())
    return seen
  })

describe("The session of an upload", () => {
  it.effect.each([
    [256 * KiB, 1, ["Creating", "Created PartSending", "PartConfirmed", "Done"]],
    [256 * KiB + 1, 1, ["Creating", "Created", "PartSending", "PartConfirmed", "Done"]],
    [100, 2, ["Creating", "Created", "PartSending", "PartSending", "PartConfirmed", "PartConfirmed", "Done"]],
  ] as const)("records a file of %i bytes in %i parts in as few writes as it needs", ([bytes, urls, expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* writes(bytes, urls)).toSorted(), expected.toSorted())
    }),
  )

  it.effect("counts the only part of a small file as begun as soon as its asset exists", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = api(1)
      const [file] = yield* files(100)
      const first = process(
        memory,
        storage(() => Effect.never),
        server,
      )
      yield* first.add([file?.path ?? ""])
      const fiber = yield* Effect.forkChild(first.drain())
      yield* drive(until(() => memory.row("u1").state === "sending"))
      yield* Fiber.interrupt(fiber)
      const second = process(
        memory,
        storage((put) => stored(md5(put.bytes))),
        server,
      )
      yield* drive(second.drain())
      const { resentBytes, resumed, state } = memory.row("u1")
      assert.deepStrictEqual({ resentBytes, resumed, state }, { resentBytes: 100, resumed: true, state: "done" })
      assert.strictEqual(server.requests.length, 1)
    }),
  )
})
