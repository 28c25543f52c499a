import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import { type JournalError, JournalUnwritable } from "@holdfast/durable/JournalError"
import type { DrainOptions, QueueEvent } from "@holdfast/durable/Queue"
import * as Verdict from "@holdfast/core/Verdict"
import { Deferred, Effect, Exit, Fiber } from "effect"
import * as Fs from "node:fs"
import { api, drive, expired, files, hanging, md5, process, storage, stored, until } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"
import { bothApi, firstAsset, MiB, realtimeApi, recorder, rewrite } from "../support/recordings.ts"

const recording = { quietTime: "20 seconds" } as const

/** A recording of three parts. Its recorder needs 15 s, and the recording has ended 20 s later. */
const bytes = 10 * MiB + 7
const piece = 4 * MiB

const only = (memory: MemoryJournal.Memory) => {
  const [stored] = memory.rows.values()
  assert(stored !== undefined)
  return stored
}

const tags = (events: ReadonlyArray<QueueEvent>) =>
  events.map((event) => (event._tag === "Upload" ? event.event._tag : event._tag))

const failures = (events: ReadonlyArray<QueueEvent>) =>
  events.flatMap((event) => (event._tag === "Failed" ? [event.error._tag] : []))

describe("A recording in the queue", { timeout: 60_000 }, () => {
  it.effect("is sent while it grows, and is done when it has been quiet", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = realtimeApi()
      const store = storage()
      const { content, path, run } = yield* recorder(bytes, piece)
      const { drain, events, run: use } = process(memory, store, server)
      const [added] = yield* use((queue) => queue.add([{ path, recording }]))
      assert.deepInclude(added, { quietMillis: 20_000, state: "queued" })
      const fiber = yield* Effect.forkChild(drive(Effect.all([drain(), run], { concurrency: 2 })))
      const exit = yield* Fiber.join(fiber)
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.isTrue(store.joined(1).equals(content))
      const { row } = only(memory)
      assert.deepInclude(row, { state: "done", chunks: 3, confirmed: bytes, resumed: false })
      assert.strictEqual(row.file.bytes, bytes)
      assert.strictEqual(row.file.modifiedNs, String(Fs.statSync(path, { bigint: true }).mtimeNs))
      const seen = tags(events)
      assert.isTrue(seen.indexOf("ChunkConfirmed") < seen.indexOf("Ended"), seen.join())
      assert.deepStrictEqual(
        memory.written.map(({ _tag }) => _tag),
        [
          "Creating",
          "Created",
          "PartSending",
          "PartConfirmed",
          "PartSending",
          "PartConfirmed",
          "Ended",
          "PartSending",
          "PartConfirmed",
          "Done",
        ],
      )
      const [receipt] = events.flatMap((event) => (event._tag === "Done" ? [event.receipt] : []))
      assert.deepInclude(receipt, { bytes, chunks: 3, verified: true })
    }),
  )
})

/** Runs the first process until it ends at a write of the journal. */
type Stop = (
  memory: MemoryJournal.Memory,
  drain: Effect.Effect<void, JournalError>,
) => Effect.Effect<unknown, JournalError>

const crashBefore =
  (n: number): Stop =>
  (memory, drain) => {
    memory.hook = (write) => Effect.sync(() => (write === n ? memory.crash() : undefined))
    return Effect.exit(drain)
  }

const interruptBefore =
  (n: number): Stop =>
  (memory, drain) =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      memory.hook = (write) => (write === n ? Effect.asVoid(Deferred.succeed(reached, undefined)) : Effect.void)
      yield* Effect.raceFirst(drain, Deferred.await(reached))
    })

const unwritableAt =
  (n: number): Stop =>
  (memory, drain) => {
    const path = "/memory/journal.db"
    const error = new JournalUnwritable({ verdict: Verdict.always(), path, detail: "disk full", action: "free space" })
    memory.hook = (write) => (write === n ? Effect.fail(error) : Effect.void)
    return Effect.exit(drain)
  }

/** Stops a process at a write while the recorder goes on, and starts another one at once. */
const survive = (stop: Stop) =>
  Effect.gen(function* () {
    const memory = MemoryJournal.make()
    const store = storage()
    const server = realtimeApi()
    const { content, path, run } = yield* recorder(bytes, piece)
    const first = process(memory, store, server)
    yield* first.run((queue) => queue.add([{ path, recording }]))
    let confirmed: ReadonlyArray<number> = []
    let before = 0
    const second = process(memory, store, server)
    const both = Effect.gen(function* () {
      yield* stop(memory, first.drain())
      memory.hook = () => Effect.void
      confirmed = [...only(memory).parts.values()].flatMap((part) => (part.state === "confirmed" ? [part.index] : []))
      before = store.puts.length
      yield* second.drain()
    })
    const exit = yield* drive(Effect.all([both, run], { concurrency: 2 }))
    assert.isTrue(Exit.isSuccess(exit), String(exit))
    const { row } = only(memory)
    let asset = 1
    if (row.state === "uncertain") {
      yield* second.run((queue) => queue.retry([row.id]))
      assert.isTrue(Exit.isSuccess(yield* drive(second.drain())))
      assert.strictEqual(only(memory).row.state, "uncertain", "an uncertain creation was repeated unasked")
      yield* second.run((queue) => queue.retry([row.id], { createAgain: true }))
      assert.isTrue(Exit.isSuccess(yield* drive(second.drain())))
      asset = server.created.length
    }
    assert.deepInclude(only(memory).row, { state: "done", chunks: 3, confirmed: bytes })
    assert.isTrue(store.joined(asset).equals(content), "the asset differs from the recording")
    assert.isAtMost(server.created.length, asset)
    const sent = store.puts.slice(before).map(({ url }) => Number(url.split("/").at(-1)) - 1)
    assert.deepStrictEqual(
      sent.filter((index) => confirmed.includes(index)),
      [],
      "a confirmed part was sent again",
    )
    const [last] = server.parts.slice(-1)
    assert.strictEqual(last?.assetFilesize, bytes)
    return { memory, server, sent }
  })

/** The writes for a recording of three parts. */
const each = Array.from({ length: 10 }, (_, n) => n + 1)

describe("A recording whose process stops at any write of the journal", { timeout: 60_000 }, () => {
  it.effect.each(each)("loses nothing and sends no confirmed part again after a crash before write %s", (n) =>
    survive(crashBefore(n)),
  )

  it.effect.each(each)("loses nothing and sends no confirmed part again after an interruption at write %s", (n) =>
    survive(interruptBefore(n)),
  )

  it.effect.each(each)("loses nothing and sends no confirmed part again if write %s fails", (n) =>
    survive(unwritableAt(n)),
  )

  it.effect("does not send the final part again, nor wait for the quiet time, after it was confirmed", () =>
    Effect.gen(function* () {
      const { sent, server } = yield* survive(crashBefore(10))
      assert.deepStrictEqual(sent, [])
      assert.strictEqual(server.parts.filter(({ assetFilesize }) => assetFilesize !== undefined).length, 1)
    }),
  )
})

/** Drains a recording and a complete file, and disturbs the recording 12 s after the begin, when two parts can be sent. */
const disturbed = (
  disturb: (path: string) => void,
  server: ReturnType<typeof bothApi> = bothApi(api(2)),
  options: DrainOptions = {},
) =>
  Effect.gen(function* () {
    const memory = MemoryJournal.make()
    const store = storage()
    const { path, run } = yield* recorder(bytes, piece)
    const [file] = yield* files(500)
    assert(file !== undefined)
    const { drain, events, run: use } = process(memory, store, server)
    const [record] = yield* use((queue) => queue.add([{ path, recording }, { path: file.path }]))
    const trouble = Effect.andThen(
      Effect.sleep("12 seconds"),
      Effect.sync(() => disturb(path)),
    )
    const exit = yield* drive(Effect.all([drain(options), Effect.exit(run), trouble], { concurrency: 3 }))
    assert.isTrue(Exit.isSuccess(exit), String(exit))
    assert.isTrue(store.joined(1).equals(file.content), "the complete file was not uploaded")
    return { memory, events, path, store, server, use, drain, id: record?.id ?? "" }
  })

describe("A recording with a fault", { timeout: 60_000 }, () => {
  it.effect.each([
    ["was removed", "FileChanged", (path: string) => Fs.rmSync(path)],
    ["was shortened", "FileChanged", (path: string) => Fs.truncateSync(path, 100)],
    [
      "was replaced",
      "FileChanged",
      (path: string) => {
        Fs.copyFileSync(path, `${path}.new`)
        Fs.renameSync(`${path}.new`, path)
      },
    ],
    ["has another header than the one that was sent", "RecordingRewritten", (path: string) => rewrite(path, 8)],
  ] as const)("is reported if it %s, and blocks no other file", ([, tag, disturb]) =>
    Effect.gen(function* () {
      const { events, memory } = yield* disturbed(disturb)
      assert.deepStrictEqual(failures(events), [tag])
      assert.deepStrictEqual(
        [...memory.rows.values()].map(({ row }) => row.state),
        ["failed", "done"],
      )
    }),
  )

  it.effect("is reported if its channel is paused, and blocks no other file", () =>
    Effect.gen(function* () {
      const paused = C2cError.fromResponse({ status: 409, headers: {}, body: '{"error":"Channel Paused"}' })
      const { events, memory } = yield* disturbed(() => undefined, bothApi(api(2), { create: () => paused as never }))
      assert.deepStrictEqual(failures(events), ["ChannelPaused"])
      assert.strictEqual(only(memory).row.state, "failed")
    }),
  )

  it.effect("is sent as a finished file by a retry if its header was rewritten", () =>
    Effect.gen(function* () {
      const { drain, id, memory, path, server, store, use } = yield* disturbed((path) => rewrite(path, 8))
      yield* use((queue) => queue.retry([id]))
      const exit = yield* drive(drain())
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.strictEqual(only(memory).row.state, "done")
      assert.strictEqual(server.recordings.created.length, 2)
      assert.isTrue(store.joined(firstAsset + 1).equals(Fs.readFileSync(path)))
    }),
  )

  it.effect("sends the changed part again with onRewrite resend", () =>
    Effect.gen(function* () {
      const { events, memory, path, store } = yield* disturbed((path) => rewrite(path, 8), undefined, {
        onRewrite: "resend",
      })
      assert.deepStrictEqual(failures(events), [])
      assert.include(tags(events), "Rewritten")
      assert.strictEqual(only(memory).row.state, "done")
      assert.isTrue(store.joined(firstAsset).equals(Fs.readFileSync(path)))
    }),
  )

  it.effect("gets another URL for a part whose URL has expired", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage((put) => (put.url.endsWith("/2?old") ? expired() : stored(md5(put.bytes))))
      const server = realtimeApi({ sign: (url, nth) => (url.endsWith("/2") && nth === 1 ? `${url}?old` : url) })
      const { content, path, run } = yield* recorder(bytes, piece)
      const { drain, run: use } = process(memory, store, server)
      yield* use((queue) => queue.add([{ path, recording }]))
      const exit = yield* drive(Effect.all([drain(), run], { concurrency: 2 }))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.strictEqual(only(memory).row.state, "done")
      assert.deepStrictEqual([server.created.length, server.parts.length], [1, 4])
      assert.isTrue(store.joined(1).equals(content))
    }),
  )

  it.effect("is not continued if it grew after its final part may have been sent", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const server = realtimeApi()
      const { path, run } = yield* recorder(bytes, piece)
      const first = process(memory, store, server)
      yield* first.run((queue) => queue.add([{ path, recording }]))
      // The write that confirms the final part.
      yield* drive(Effect.all([crashBefore(9)(memory, first.drain()), run], { concurrency: 2 }))
      memory.hook = () => Effect.void
      Fs.appendFileSync(path, "more")
      const puts = store.puts.length
      const second = process(memory, store, server)
      assert.isTrue(Exit.isSuccess(yield* drive(second.drain())))
      assert.deepStrictEqual(failures(second.events), ["FileChanged"])
      assert.strictEqual(store.puts.length, puts)
    }),
  )
})

describe("Recordings that wait for their recorders", { timeout: 60_000 }, () => {
  it.effect("take no lane from complete files, and 32 of them run at once", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = bothApi(api(1))
      const added = yield* files(...Array.from({ length: 33 }, () => 10))
      const [complete] = yield* files(500)
      const { drain, events, run } = process(memory, storage(), server)
      yield* run((queue) => queue.add(added.map(({ path }) => ({ path, recording }))))
      yield* run((queue) => queue.add([{ path: complete?.path ?? "" }]))
      const fiber = yield* Effect.forkChild(drain())
      yield* drive(until(() => tags(events).includes("Done")))
      const running = [...memory.rows.values()].filter(({ row }) => row.state === "sending").length
      assert.strictEqual(running, 32)
      const exit = yield* drive(Fiber.join(fiber))
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.isTrue([...memory.rows.values()].every(({ row }) => row.state === "done"))
    }),
  )

  it.effect("are added once while they grow, and again when the file is another one", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { run } = process(memory, storage(), hanging())
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      const add = run((queue) => Effect.map(queue.add([{ path, recording }]), ([record]) => record?.id))
      const first = yield* add
      const begun = memory.rows.get(first ?? "")
      assert(begun !== undefined)
      begun.row = { ...begun.row, state: "sending", assetId: "asset-1" }
      Fs.appendFileSync(path, "more")
      assert.strictEqual(yield* add, first)
      assert.strictEqual(yield* run((queue) => Effect.map(queue.add([{ path }]), ([record]) => record?.id)), first)
      Fs.renameSync(path, `${path}.old`)
      Fs.writeFileSync(path, "another recording")
      assert.notStrictEqual(yield* add, first)
    }),
  )
})
