/** A recording whose upload stops at any step, and is continued by a later process. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import * as Fs from "node:fs"
import { MiB, realtimeApi, realtimeEngine, recorder, rewrite } from "../support/realtime.ts"
import { journal, type Stop } from "../support/sessions.ts"
import { drive, failed, storage } from "../support/uploads.ts"

/** The bytes of the parts of a recording of 10 MiB + 7. */
const lengths = [5 * MiB, 5 * MiB, 7]

/** Uploads a recording of three parts until it stops, while it is recorded. */
const interrupted = (stop: Stop, parallel: number) =>
  Effect.gen(function* () {
    const recording = yield* recorder(10 * MiB + 7, 6 * MiB)
    const store = storage()
    const server = realtimeApi()
    const book = journal()
    const { upload } = realtimeEngine(store, server)
    const { finished, path, run } = recording
    const exit = yield* drive(
      Effect.all([Effect.exit(upload({ path, finished, parallel, session: book.session({ stop }) })), run], {
        concurrency: 2,
      }),
    )
    assert(Exit.isSuccess(exit))
    return { ...recording, store, server, book, upload, first: exit.value[0] }
  })

describe("the upload of a recording", { timeout: 60_000 }, () => {
  it.effect.each([1, 3])(
    "continues after a stop at any step without sending confirmed parts again (parallel %s)",
    (parallel) =>
      Effect.gen(function* () {
        let stops = 0
        for (let at = 1; ; at++) {
          const ends: Array<boolean> = []
          for (const when of ["before", "after"] as const) {
            const { book, content, finished, first, path, server, store, upload } = yield* interrupted(
              { at, when },
              parallel,
            )
            ends.push(Exit.isSuccess(first))
            if (Exit.isSuccess(first)) continue
            stops++
            const label = `step ${at}, ${when}: ${book.steps.join(", ")}`
            const confirmed = new Set(book.confirmed.keys())
            const begun = [...book.begun].filter((index) => !confirmed.has(index))
            const saved = book.saved()
            const earlier = store.puts.length
            assert.isAtMost(begun.length, parallel, label)

            const exit = yield* drive(upload({ path, finished, parallel, session: book.session() }))
            assert(Exit.isSuccess(exit), `${label}: ${String(exit)}`)
            const receipt = exit.value
            const asset = saved === undefined ? server.created.length : 1
            assert.isTrue(store.joined(asset).equals(content), label)
            assert.deepStrictEqual(
              [receipt.bytes, receipt.chunks, receipt.verified, receipt.resumed],
              [content.byteLength, 3, true, saved !== undefined],
              label,
            )
            const resent = begun.reduce((sum, index) => sum + (lengths[index] ?? 0), 0)
            assert.strictEqual(receipt.resentBytes, saved === undefined ? 0 : resent, label)
            const sent = store.puts.slice(earlier).map(({ url }) => Number(url.split("/").at(-1)) - 1)
            const expected = [0, 1, 2].filter((index) => saved === undefined || !confirmed.has(index))
            assert.deepStrictEqual(sent.toSorted(), expected, label)
          }
          if (ends.every((end) => end)) break
        }
        // creating, created, ended, and sending and confirmed of three parts: each stops before and after it is recorded.
        assert.strictEqual(stops, 18)
      }),
  )

  describe("after a stop with two confirmed parts", () => {
    const stopped = interrupted({ at: 6, when: "after" }, 1)

    it.effect("fails with FileChanged and sends nothing if the file was replaced", () =>
      Effect.gen(function* () {
        const { book, content, finished, path, server, store, upload } = yield* stopped
        assert.deepStrictEqual([...book.confirmed.keys()], [0, 1])
        const puts = store.puts.length
        const parts = server.parts.length
        Fs.renameSync(path, `${path}.old`)
        Fs.writeFileSync(path, content)
        const error = failed(yield* drive(upload({ path, finished, session: book.session() })))
        assert.strictEqual(error._tag, "FileChanged")
        assert.include(error.message, "inode")
        assert.deepStrictEqual([store.puts.length, server.parts.length, server.created.length], [puts, parts, 1])
      }),
    )

    it.effect("fails with FileChanged and sends nothing if the file ends before the confirmed parts", () =>
      Effect.gen(function* () {
        const { book, finished, path, store, upload } = yield* stopped
        const puts = store.puts.length
        Fs.truncateSync(path, 10 * MiB - 1)
        const error = failed(yield* drive(upload({ path, finished, session: book.session() })))
        assert.strictEqual(error._tag, "FileChanged")
        assert.include(error.message, `shortened from ${10 * MiB} to ${10 * MiB - 1} bytes`)
        assert.strictEqual(store.puts.length, puts)
      }),
    )

    it.effect("sends a confirmed part again as the final part if the file lost the bytes after it", () =>
      Effect.gen(function* () {
        const { book, content, finished, path, server, store, upload } = yield* stopped
        Fs.truncateSync(path, 10 * MiB)
        const exit = yield* drive(upload({ path, finished, session: book.session() }))
        assert(Exit.isSuccess(exit), String(exit))
        assert.deepStrictEqual([exit.value.bytes, exit.value.chunks, exit.value.resentBytes], [10 * MiB, 2, 5 * MiB])
        assert.isTrue(store.joined(1).equals(content.subarray(0, 10 * MiB)))
        assert.deepStrictEqual(server.parts.at(-1), {
          parts: [{ number: 2, size: 5 * MiB, isFinal: true }],
          assetFilesize: 10 * MiB,
        })
      }),
    )

    it.effect("fails with RecordingRewritten and sends nothing if a confirmed part has changed", () =>
      Effect.gen(function* () {
        const { book, finished, path, store, upload } = yield* stopped
        const puts = store.puts.length
        rewrite(path, 7)
        const error = failed(yield* drive(upload({ path, finished, session: book.session() })))
        assert(error._tag === "RecordingRewritten")
        assert.deepStrictEqual(error.parts, [{ number: 1, offset: 0, length: 5 * MiB }])
        assert.strictEqual(store.puts.length, puts)
      }),
    )

    it.effect("fails with FileChanged despite `resend` if every confirmed part has changed", () =>
      Effect.gen(function* () {
        const { book, finished, path, store, upload } = yield* stopped
        const puts = store.puts.length
        rewrite(path, 7)
        rewrite(path, 7 * MiB)
        const error = failed(yield* drive(upload({ path, finished, onRewrite: "resend", session: book.session() })))
        assert.strictEqual(error._tag, "FileChanged")
        assert.strictEqual(store.puts.length, puts)
      }),
    )

    it.effect("keeps the part size of the earlier process", () =>
      Effect.gen(function* () {
        const { book, content, finished, path, store, upload } = yield* stopped
        const exit = yield* drive(upload({ path, finished, partSize: 6 * MiB, session: book.session() }))
        assert(Exit.isSuccess(exit), String(exit))
        assert.isTrue(store.joined(1).equals(content))
      }),
    )

    it.effect("refuses a part size that does not match the confirmed parts if the session did not keep it", () =>
      Effect.gen(function* () {
        const { book, finished, path, store, upload } = yield* stopped
        const puts = store.puts.length
        const session = book.session()
        const saved = session.saved && { ...session.saved, asset: { ...session.saved.asset, partSize: undefined } }
        const error = failed(
          yield* drive(upload({ path, finished, partSize: 6 * MiB, session: { ...session, saved } })),
        )
        assert.strictEqual(error._tag, "PlanRefused")
        assert.include(error.message, "partSize: the saved part 1")
        assert.strictEqual(store.puts.length, puts)
      }),
    )
  })

  it.effect("fails with FileChanged if the recording continued after its final part was confirmed", () =>
    Effect.gen(function* () {
      const { book, finished, path, store, upload } = yield* interrupted({ at: 9, when: "after" }, 1)
      assert.deepStrictEqual([...book.confirmed.keys()], [0, 1, 2])
      const puts = store.puts.length
      Fs.appendFileSync(path, "more")
      const error = failed(yield* drive(upload({ path, finished, session: book.session() })))
      assert.strictEqual(error._tag, "FileChanged")
      assert.include(error.message, "continued after its final part")
      assert.strictEqual(store.puts.length, puts)
    }),
  )

  it.effect.each([
    [1, "creating", 0, 0],
    [2, "created", 1, 0],
    [3, "sending", 1, 0],
    [4, "confirmed", 1, 1],
    [5, "sending", 1, 1],
    [7, "ended", 1, 2],
    [9, "confirmed", 1, 3],
  ] as const)("stops before step %d, %s, if the step cannot be recorded", ([refuse, step, created, puts]) =>
    Effect.gen(function* () {
      const { finished, path, run } = yield* recorder(11 * MiB)
      const store = storage()
      const server = realtimeApi()
      const book = journal()
      const { events, upload } = realtimeEngine(store, server)
      const request = { path, finished, parallel: 1, session: book.session({ refuse }) }
      const exit = yield* drive(Effect.all([Effect.exit(upload(request)), run], { concurrency: 2 }))
      assert(Exit.isSuccess(exit))
      const error = failed(exit.value[0])
      assert(error._tag === "StepNotRecorded")
      assert.strictEqual(error.step, step)
      assert.deepStrictEqual([server.created.length, store.puts.length], [created, puts])
      assert.strictEqual(book.steps.length, refuse - 1)
      assert.strictEqual(events.filter(({ _tag }) => _tag === "ChunkConfirmed").length, book.confirmed.size)
    }),
  )
})
