import { assert, describe, it } from "@effect/vitest"
import { Uploader, type UploadRequest } from "@holdfast/c2c/Uploader"
import { DurableUploader, Queue } from "@holdfast/durable"
import { Effect, Exit, Fiber, Layer } from "effect"
import { HttpClient } from "effect/http"
import * as Fs from "node:fs"
import { api, drive, failed, files, md5, quiet, storage, stored, until, connected } from "./support/bench.ts"
import * as MemoryJournal from "./support/memoryJournal.ts"

type Services = { readonly uploader: Uploader["Service"]; readonly queue: Queue["Service"] }

/** Runs a program of one process. Its layers end with it. */
const program =
  (memory: MemoryJournal.Memory, store: ReturnType<typeof storage>, server: ReturnType<typeof api>) =>
  <A, E>(use: (services: Services) => Effect.Effect<A, E>) =>
    Effect.gen(function* () {
      return yield* use({ uploader: yield* Uploader, queue: yield* Queue })
    }).pipe(
      Effect.provide(
        Layer.fresh(
          DurableUploader.layer.pipe(
            Layer.provide([server.layer, memory.layer, connected, Layer.succeed(HttpClient.HttpClient, store.client)]),
          ),
        ),
      ),
      quiet,
    )

const upload =
  (request: UploadRequest) =>
  ({ uploader }: Services) =>
    uploader.upload(request)

describe("DurableUploader", () => {
  it.effect("uploads a file and returns the receipt of the plain uploader", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const exit = yield* drive(program(memory, store, api(4))(upload({ path: file.path })))
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(exit.value, {
        path: file.path,
        assetId: "asset-1",
        name: "A001.mov",
        bytes: 1000,
        chunks: 4,
        verified: true,
        unproven: 0,
        resumed: false,
        resentBytes: 0,
      })
      assert.strictEqual(memory.row("u1").state, "done")
    }),
  )

  it.effect("continues the upload that an earlier process left unfinished, and states this in the receipt", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      // Two parts are confirmed, and the others hang until the process ends.
      let isStuck = true
      const store = storage((put) => (isStuck && !/\/[01]$/.test(put.url) ? Effect.never : stored(md5(put.bytes))))
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const first = yield* Effect.forkChild(program(memory, store, server)(upload({ path: file.path })))
      yield* drive(
        Effect.suspend(() => (memory.rows.get("u1")?.row.confirmed === 500 ? Effect.void : Effect.fail("wait"))).pipe(
          Effect.eventually,
        ),
      )
      yield* Fiber.interrupt(first)
      assert.deepStrictEqual([memory.row("u1").state, memory.row("u1").confirmed], ["sending", 500])
      isStuck = false
      const exit = yield* drive(program(memory, store, server)(upload({ path: file.path })))
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepInclude(exit.value, { assetId: "asset-1", resumed: true, resentBytes: 500, verified: true })
      assert.isTrue(store.joined(1).equals(file.content))
      assert.strictEqual(server.requests.length, 1)
      assert.deepInclude(memory.row("u1"), { resumed: true, resentBytes: 500, crashes: 0 })
    }),
  )

  it.effect("does not continue an upload if the file's content has changed", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isStuck = true
      const store = storage((put) => (isStuck && !put.url.endsWith("/0") ? Effect.never : stored(md5(put.bytes))))
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const first = yield* Effect.forkChild(program(memory, store, server)(upload({ path: file.path })))
      yield* drive(
        Effect.suspend(() => (memory.rows.get("u1")?.row.confirmed === 250 ? Effect.void : Effect.fail("wait"))).pipe(
          Effect.eventually,
        ),
      )
      yield* Fiber.interrupt(first)
      isStuck = false
      // The same size, inode and times, as after a repair of the file system.
      const { atimeNs, mtimeNs } = Fs.statSync(file.path, { bigint: true })
      const changed = Buffer.from(file.content)
      changed[10] = (changed[10] ?? 0) ^ 1
      Fs.writeFileSync(file.path, changed)
      Fs.utimesSync(file.path, Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9)
      memory.rows.forEach((entry) => {
        const modifiedNs = String(Fs.statSync(file.path, { bigint: true }).mtimeNs)
        entry.row = { ...entry.row, file: { ...entry.row.file, modifiedNs } }
        if (entry.asset !== undefined) entry.asset = { ...entry.asset, file: { ...entry.asset.file, modifiedNs } }
      })
      const before = store.puts.length
      const error = failed(yield* drive(program(memory, store, server)(upload({ path: file.path }))))
      assert.strictEqual(error._tag, "FileChanged")
      assert.deepStrictEqual([memory.row("u1").state, memory.row("u1").error?.tag], ["failed", "FileChanged"])
      assert.strictEqual(store.puts.length, before)
    }),
  )

  it.effect("waits for an upload that another process is carrying out", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const other = program(memory, store, server)(({ queue }) => queue.drain({ forever: true }))
      const daemon = yield* Effect.forkChild(other)
      yield* drive(Effect.sleep(1000))
      const exit = yield* drive(program(memory, store, server)(upload({ path: file.path })))
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepInclude(exit.value, { path: file.path, assetId: "asset-1", bytes: 1000, chunks: 4, verified: true })
      yield* Fiber.interrupt(daemon)
    }),
  )

  it.effect("takes over from another process that ends before the upload is finished", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isStuck = true
      const store = storage((put) => (isStuck ? Effect.never : stored(md5(put.bytes))))
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const run = program(memory, store, server)
      const daemon = yield* Effect.forkChild(run(({ queue }) => queue.drain({ forever: true })))
      yield* drive(Effect.sleep(1000))
      const waiting = yield* Effect.forkChild(run(upload({ path: file.path })))
      yield* drive(until(() => store.seen.inFlight > 0))
      yield* drive(Effect.sleep(3000))
      assert.strictEqual(memory.row("u1").state, "sending")
      isStuck = false
      yield* Fiber.interrupt(daemon)
      const exit = yield* drive(Fiber.await(waiting))
      assert(Exit.isSuccess(exit) && Exit.isSuccess(exit.value), String(exit))
      assert.deepInclude(exit.value.value, { assetId: "asset-1", resumed: true, resentBytes: 1000 })
    }),
  )

  it.effect("uploads a file once for two callers of one process", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage()
      const server = api(4)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const exit = yield* drive(
        program(
          memory,
          store,
          server,
        )(({ uploader }) =>
          Effect.all([uploader.upload({ path: file.path }), uploader.upload({ path: file.path })], {
            concurrency: 2,
          }),
        ),
      )
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepStrictEqual(exit.value[0], exit.value[1])
      assert.strictEqual(server.requests.length, 1)
    }),
  )

  it.effect("keeps an interrupted upload in the queue, for a drain of the same process", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isStuck = true
      const store = storage((put) => (isStuck ? Effect.never : stored(md5(put.bytes))))
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const exit = yield* drive(
        program(
          memory,
          store,
          api(4),
        )(({ queue, uploader }) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(uploader.upload({ path: file.path }))
            yield* until(() => store.seen.inFlight > 0)
            yield* Fiber.interrupt(fiber)
            assert.strictEqual(store.seen.inFlight, 0)
            isStuck = false
            yield* queue.drain()
          }),
        ),
      )
      assert.isTrue(Exit.isSuccess(exit), String(exit))
      assert.strictEqual(memory.row("u1").state, "done")
    }),
  )

  it.effect("fails with EndedByQueue if the user cancels the upload", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const store = storage(() => Effect.never)
      const [file] = yield* files(1000)
      assert(file !== undefined)
      const exit = yield* drive(
        program(
          memory,
          store,
          api(4),
        )(({ queue, uploader }) =>
          Effect.gen(function* () {
            const fiber = yield* Effect.forkChild(uploader.upload({ path: file.path }))
            yield* until(() => store.seen.inFlight > 0)
            yield* queue.cancelAll
            return yield* Fiber.join(fiber)
          }),
        ),
      )
      assert.strictEqual(failed(exit)._tag, "EndedByQueue")
      assert.deepStrictEqual([memory.row("u1").state, memory.rows.get("u1")?.asset], ["canceled", undefined])
    }),
  )
})
