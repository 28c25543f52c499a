import { assert, describe, it } from "@effect/vitest"
import { Journal, type UploadRecord } from "@holdfast/durable"
import { Effect, Fiber, Redacted, Stream } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "journal-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

const file = { bytes: 100, modifiedNs: "1790000000123456789", inode: "42" }
const upload = (path: string): UploadRecord.NewUpload => ({ path, file })
const error: UploadRecord.SavedError = { tag: "ChannelPaused", message: "The channel is paused", exitCode: 4 }
const asset = (assetId: string) => ({
  assetId,
  uploadUrls: [Redacted.make(`https://s/${assetId}/1?secret`), Redacted.make(`https://s/${assetId}/2?secret`)],
  filetype: "video/mp4",
  serverTime: 1_790_000_000_000,
  file,
})
const part = (index: number) => ({ index, offset: index * 50, length: 50, md5: `md5-${index}`, proof: "md5" as const })

describe("Journal", () => {
  it.effect("keeps the part size of a recording, whose asset has no URLs", () =>
    Effect.gen(function* () {
      const layer = Journal.layer({ directory: Path.join(yield* folder, "state") })
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        const [added] = yield* journal.add([upload("/take.mp4")])
        const id = added?.id ?? ""
        const { write } = yield* journal.own
        const recording = { ...asset("one"), uploadUrls: [], partSize: 5_242_880 }
        yield* write({ _tag: "Creating", id, file })
        yield* write({ _tag: "Created", id, asset: recording, chunks: 0, chunkSize: recording.partSize })
        assert.deepStrictEqual(yield* journal.asset(id), recording)
      }).pipe(Effect.scoped, Effect.provide(layer, { local: true }))
    }),
  )

  it.effect("keeps uploads, parts and assets for the next process", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const layer = Journal.layer({ directory: Path.join(directory, "state") })
      const id = yield* Effect.gen(function* () {
        const journal = yield* Journal
        const [first, second] = yield* journal.add([upload("/a.mp4"), { ...upload("/b.mp4"), priority: 3 }])
        assert.deepStrictEqual([first?.seq, second?.seq, second?.priority], [1, 2, 3])
        const id = first?.id ?? ""
        const { write } = yield* journal.own
        yield* write({ _tag: "Creating", id, file })
        yield* write({ _tag: "Created", id, asset: asset("one"), chunks: 2, chunkSize: 50 })
        yield* write({ _tag: "PartSending", id, chunk: { index: 0, offset: 0, length: 50 } })
        yield* write({ _tag: "PartConfirmed", id, part: part(0) }, { _tag: "PartConfirmed", id, part: part(0) })
        yield* write({ _tag: "PartSending", id, chunk: { index: 1, offset: 50, length: 50 } })
        return id
      }).pipe(Effect.scoped, Effect.provide(layer, { local: true }))
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        const [first, second] = yield* journal.list
        assert.deepStrictEqual([first?.state, first?.confirmed, first?.assetId], ["sending", 50, "one"])
        assert.deepStrictEqual(yield* journal.get(second?.id ?? ""), second)
        assert.deepStrictEqual(yield* journal.parts(id), [
          { ...part(0), state: "confirmed", confirmedAt: 0 },
          { index: 1, offset: 50, length: 50, state: "sending" },
        ])
        const saved = yield* journal.asset(id)
        assert.deepStrictEqual(saved?.uploadUrls.map(Redacted.value), asset("one").uploadUrls.map(Redacted.value))
        assert.deepStrictEqual({ ...saved, uploadUrls: [] }, { ...asset("one"), uploadUrls: [] })
        assert.deepStrictEqual(
          (yield* journal.events(id)).map(({ kind }) => kind),
          ["Created"],
        )
      }).pipe(Effect.scoped, Effect.provide(layer, { local: true }))
    }),
  )

  it.effect("writes the changes of concurrent callers in one transaction", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        const added = yield* journal.add(Array.from({ length: 20 }, (_, n) => upload(`/${n}`)))
        const { write } = yield* journal.own
        yield* Effect.forEach(added, ({ id }) => write({ _tag: "Failed", id, error }), { concurrency: "unbounded" })
        assert.isTrue((yield* journal.list).every(({ state, failures }) => state === "failed" && failures === 1))
      }).pipe(Effect.scoped, Effect.provide(Journal.layer({ directory }), { local: true }))
    }),
  )

  it.effect("rejects a second owner", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const open = Journal.layer({ directory })
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        yield* journal.own
        const other = yield* Effect.flip(
          Effect.scoped(Effect.flatMap(Journal, (second) => second.own)).pipe(Effect.provide(open, { local: true })),
        )
        assert.strictEqual(other._tag, "JournalOwned")
      }).pipe(Effect.scoped, Effect.provide(open, { local: true }))
    }),
  )

  it.effect("emits a change for each write", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        const seen = yield* Effect.forkChild(Stream.runCollect(Stream.take(journal.changes, 1)), {
          startImmediately: true,
        })
        yield* journal.add([upload("/a")])
        assert.strictEqual((yield* Fiber.join(seen)).length, 1)
      }).pipe(Effect.scoped, Effect.provide(Journal.layer({ directory }), { local: true }))
    }),
  )
})
