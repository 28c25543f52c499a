/** A recording whose file changes in other ways than by growing. */
import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@holdfast/c2c/Progress"
import type { RealtimeRequest } from "@holdfast/c2c/RealtimeUploader"
import { Effect, Exit } from "effect"
import * as Fs from "node:fs"
import { MiB, realtimeApi, realtimeEngine, recorder, rewrite } from "../support/realtime.ts"
import { drive, failed, md5, type Put, type PutAnswer, storage, stored } from "../support/uploads.ts"

/** Uploads a recording of `bytes` bytes. `meanwhile` runs after the last byte was recorded and before the recording ends. */
const record = (
  bytes: number,
  meanwhile: (path: string) => void,
  options: Partial<RealtimeRequest> = {},
  answer?: (path: string, put: Put) => ReturnType<PutAnswer>,
) =>
  Effect.gen(function* () {
    const { content, end, finished, path, record: write } = yield* recorder(bytes)
    const store = storage((put) => answer?.(path, put) ?? stored(md5(put.bytes)))
    const server = realtimeApi()
    const { events, upload } = realtimeEngine(store, server)
    const run = Effect.gen(function* () {
      yield* write
      yield* Effect.sleep("5 seconds")
      meanwhile(path)
      yield* Effect.sleep("5 seconds")
      yield* end
    })
    const both = Effect.all([Effect.exit(upload({ path, finished, ...options })), run], { concurrency: 2 })
    const all = yield* drive(both)
    assert(Exit.isSuccess(all))
    return { content, path, store, server, events, exit: all.value[0] }
  })

const hasFinal = (server: ReturnType<typeof realtimeApi>): boolean =>
  server.parts.some(({ parts }) => parts.some(({ isFinal }) => isFinal))

describe("a recording", { timeout: 30_000 }, () => {
  describe("whose header is rewritten at the end", () => {
    it.effect("fails with RecordingRewritten, which names the parts, before the final part is requested", () =>
      Effect.gen(function* () {
        const { exit, path, server } = yield* record(16 * MiB, (path) => {
          rewrite(path, 40)
          rewrite(path, 11 * MiB)
        })
        const error = failed(exit)
        assert(error._tag === "RecordingRewritten")
        assert.deepStrictEqual(error.parts, [
          { number: 1, offset: 0, length: 5 * MiB },
          { number: 3, offset: 10 * MiB, length: 5 * MiB },
        ])
        assert.strictEqual(error.message, `${path}: parts 1, 3 changed after being sent`)
        assert.include(error.action, "onRewrite")
        assert.deepStrictEqual([error.verdict.retry, error.verdict.change], ["never", "plan"])
        assert.isFalse(hasFinal(server))
      }),
    )

    it.effect("sends the changed parts again before the final part with `resend`", () =>
      Effect.gen(function* () {
        const { events, exit, path, server, store } = yield* record(16 * MiB, (path) => rewrite(path, 40), {
          onRewrite: "resend",
        })
        assert(Exit.isSuccess(exit), String(exit))
        assert.deepStrictEqual([exit.value.rewritten, exit.value.verified, exit.value.resentBytes], [1, true, 0])
        assert.isTrue(store.joined(1).equals(Fs.readFileSync(path)))
        assert.deepStrictEqual(
          server.parts.map(({ parts: [part] }) => [part?.number, part?.isFinal]),
          [
            [1, false],
            [2, false],
            [3, false],
            [1, false],
            [4, true],
          ],
        )
        const end = events.reduce(Progress.next, Progress.empty)
        assert.deepStrictEqual([end.sent, end.confirmed, end.chunksConfirmed], [16 * MiB, 16 * MiB, 4])
      }),
    )

    it.effect("sends the final part as it is at the end, regardless of what changes before it is read", () =>
      Effect.gen(function* () {
        const { exit, path, store } = yield* record(6 * MiB, (path) => rewrite(path, 6 * MiB - 1))
        assert(Exit.isSuccess(exit), String(exit))
        assert.strictEqual(exit.value.rewritten, 0)
        assert.isTrue(store.joined(1).equals(Fs.readFileSync(path)))
      }),
    )

    it.effect("fails if the file changes while parts are sent again", () =>
      Effect.gen(function* () {
        const { exit, server } = yield* record(
          11 * MiB,
          (path) => rewrite(path, 40),
          { onRewrite: "resend" },
          (path, put) => {
            if (put.attempt === 2) rewrite(path, 41)
            return stored(md5(put.bytes))
          },
        )
        assert.strictEqual(failed(exit)._tag, "FileChanged")
        assert.isFalse(hasFinal(server))
      }),
    )
  })

  it.effect.each([
    ["removed", (path: string) => Fs.rmSync(path), "removed or renamed"],
    ["renamed", (path: string) => Fs.renameSync(path, `${path}.mov`), "removed or renamed"],
    ["shortened", (path: string) => Fs.truncateSync(path, 10 * MiB), `from ${11 * MiB} to ${10 * MiB} bytes`],
    [
      "replaced",
      (path: string) => {
        Fs.copyFileSync(path, `${path}.new`)
        Fs.renameSync(`${path}.new`, path)
      },
      "replaced by another file",
    ],
  ] as const)("fails with FileChanged and has no final part if the file is %s", ([, change, detail]) =>
    Effect.gen(function* () {
      const { exit, server, store } = yield* record(11 * MiB, change)
      const error = failed(exit)
      assert.strictEqual(error._tag, "FileChanged")
      assert.include(error.message, detail)
      assert.isFalse(hasFinal(server))
      assert.strictEqual(store.puts.length, 2)
    }),
  )

  it.effect.each([
    ["grows", (path: string) => Fs.appendFileSync(path, "x"), "size, modification time, change time"],
    ["is rewritten", (path: string) => rewrite(path, 0), "modification time, change time"],
  ] as const)(
    "fails with FileChanged if the file %s after the end, while the final part is sent",
    ([, change, detail]) =>
      Effect.gen(function* () {
        const { exit } = yield* record(
          6 * MiB,
          () => undefined,
          {},
          (path, put) => {
            if (put.url.endsWith("/2")) change(path)
            return stored(md5(put.bytes))
          },
        )
        const error = failed(exit)
        assert.strictEqual(error._tag, "FileChanged")
        assert.include(error.message, `${detail} after the end of the recording`)
      }),
  )

  it.effect("fails with FileMissing if the file does not exist, and with IsDirectory for a folder", () =>
    Effect.gen(function* () {
      const { path } = yield* recorder(1)
      const server = realtimeApi()
      const { upload } = realtimeEngine(storage(), server)
      const tag = (path: string) => Effect.map(drive(upload({ path, finished: Effect.void })), (e) => failed(e)._tag)
      assert.strictEqual(yield* tag(`${path}.missing`), "FileMissing")
      assert.strictEqual(yield* tag(path.slice(0, path.lastIndexOf("/"))), "IsDirectory")
      assert.strictEqual(server.created.length, 0)
    }),
  )

  it.effect("fails with SizeUnreliable if its content does not end at its size", () =>
    Effect.gen(function* () {
      const server = realtimeApi()
      const { upload } = realtimeEngine(storage(), server)
      const error = failed(yield* drive(upload({ path: "/proc/self/status", finished: Effect.void })))
      assert.strictEqual(error._tag, "SizeUnreliable")
      assert.strictEqual(server.created.length, 0)
    }),
  )
})
