/** The checks of an upload on its file: size, changes, content. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Stream } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import Builtin, * as Fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { api, drive, engine, failed, md5, randomFile, storage, stored, temporaryFile, url } from "../support/uploads.ts"

const MiB = 1024 * 1024

/** Makes every reading of any file's attributes return this file's current ones, as after a write through a memory map. */
const frozenAttributes = (path: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const stats = Fs.statSync(path, { bigint: true })
      const handle = await Fs.promises.open(path)
      const prototype = Object.getPrototypeOf(handle)
      await handle.close()
      const before = { byPath: Fs.stat, byHandle: prototype.stat }
      const stat = (...args: ReadonlyArray<unknown>) =>
        (args.at(-1) as (error: null, value: Fs.BigIntStats) => void)(null, stats)
      Object.assign(Builtin, { stat })
      prototype.stat = async () => stats
      syncBuiltinESMExports()
      return { before, prototype }
    }),
    ({ before, prototype }) =>
      Effect.sync(() => {
        Object.assign(Builtin, { stat: before.byPath })
        prototype.stat = before.byHandle
        syncBuiltinESMExports()
      }),
  )

describe("the source of an upload", () => {
  it.effect("does not report success for a file that has content but reports a size of 0", () =>
    Effect.gen(function* () {
      const store = storage()
      const server = api(1)
      const error = failed(yield* drive(engine(store, server).upload({ path: "/proc/self/status" })))
      assert.strictEqual(error._tag, "SizeUnreliable")
      assert.deepStrictEqual([store.puts.length, server.requests.length], [0, 0])
    }),
  )

  it.effect("stops sending a streamed chunk when its file changes", () =>
    Effect.gen(function* () {
      const path = yield* temporaryFile(new Uint8Array())
      Fs.truncateSync(path, 66 * MiB)
      let pieces = 0
      const store = storage()
      const client = HttpClient.make((request) =>
        request.body._tag === "Stream"
          ? Stream.runForEach(request.body.stream, () =>
              Effect.sync(() => {
                if (++pieces === 3) Fs.utimesSync(path, 1, 1)
              }),
            ).pipe(
              Effect.mapError(
                (cause) =>
                  new HttpClientError.HttpClientError({
                    reason: new HttpClientError.TransportError({ request, cause }),
                  }),
              ),
              Effect.as(HttpClientResponse.fromWeb(request, stored("x"))),
            )
          : Effect.die("not a stream"),
      )
      const error = failed(yield* drive(engine({ ...store, client }, api(1)).upload({ path })))
      assert.strictEqual(error._tag, "FileChanged")
      assert.strictEqual(pieces, 3)
    }),
  )

  it.effect.each([
    [true, "FileChanged"],
    [false, "none"],
  ] as const)("detects a change that no attribute shows only with verifySource (%s)", ([verifySource, expected]) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const store = storage((put) => {
        if (put.url === url(1, 2)) Fs.writeFileSync(path, Buffer.alloc(90))
        return stored(md5(put.bytes))
      })
      yield* frozenAttributes(path)
      const exit = yield* drive(engine(store, api(3)).upload({ path, parallel: 1, verifySource }))
      assert.strictEqual(Exit.isSuccess(exit) ? "none" : failed(exit)._tag, expected)
      if (!Exit.isSuccess(exit))
        assert.include(failed(exit).message, "chunk 0 of the file differs from the bytes that were sent")
    }),
  )
})
