/** An upload whose steps a session records, and that a later process continues. */
import { assert, describe, it } from "@effect/vitest"
import { Uploader } from "@holdfast/c2c/Uploader"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { Deferred, Effect, Exit, Fiber, Layer } from "effect"
import * as Fs from "node:fs"
import * as Digest from "../../src/internal/upload/digest.ts"
import { SocketQueue } from "../../src/internal/upload/socketQueue.ts"
import * as FakeApi from "../support/fakeApi.ts"
import { rewrite } from "../support/realtime.ts"
import { journal, type Stop } from "../support/sessions.ts"
import { api, drive, engine, expired, failed, md5, randomFile, storage, stored, url } from "../support/uploads.ts"

/** The chunks of a file of 92 bytes over four URLs. */
const bytes = 92
const chunkSize = 23

/** Uploads a file of four chunks until the upload stops. */
const interrupted = (stop: Stop, parallel: number) =>
  Effect.gen(function* () {
    const { content, path } = yield* randomFile(bytes)
    const store = storage()
    const server = api(4)
    const book = journal()
    const { events, upload } = engine(store, server)
    const first = yield* drive(upload({ path, parallel, session: book.session({ stop }) }))
    return { content, path, store, server, book, events, upload, first }
  })

describe("an upload with a session", () => {
  it.effect("records each step before it sends the next request", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(bytes)
      const book = journal()
      const seen: Array<ReadonlyArray<string>> = []
      const store = storage((put) => {
        seen.push([...book.steps])
        return stored(md5(put.bytes))
      })
      const exit = yield* drive(engine(store, api(2)).upload({ path, parallel: 1, session: book.session() }))
      assert(Exit.isSuccess(exit))
      assert.deepStrictEqual(seen, [
        ["creating", "created asset-1", "sending 0"],
        ["creating", "created asset-1", "sending 0", "confirmed 0", "sending 1"],
      ])
      assert.deepStrictEqual(book.steps.slice(5), ["confirmed 1"])
      assert.deepStrictEqual(book.saved()?.confirmed[1], {
        index: 1,
        offset: 46,
        length: 46,
        md5: md5(Fs.readFileSync(path).subarray(46)),
        proof: "md5",
      })
    }),
  )

  it.effect.each([1, 3])("continues after a stop at any step, with %d chunks in flight", (parallel) =>
    Effect.gen(function* () {
      let stops = 0
      for (let at = 1; ; at++) {
        const ends: Array<boolean> = []
        for (const when of ["before", "after"] as const) {
          const { book, content, first, path, server, store, upload } = yield* interrupted({ at, when }, parallel)
          ends.push(Exit.isSuccess(first))
          if (Exit.isSuccess(first)) continue
          stops++
          const label = `step ${at}, ${when}: ${book.steps.join(", ")}`
          const saved = book.saved()
          const confirmed = new Set(book.confirmed.keys())
          const begun = book.begun.size
          const earlier = store.puts.length
          assert.isAtMost(begun, parallel, label)

          const exit = yield* drive(upload({ path, parallel, session: book.session() }))
          assert(Exit.isSuccess(exit), `${label}: ${String(exit)}`)
          const { resentBytes, resumed, ...receipt } = exit.value
          assert.isTrue(store.joined(server.requests.length).equals(content), label)
          assert.deepStrictEqual([receipt.bytes, receipt.chunks, receipt.verified], [bytes, 4, true], label)
          assert.strictEqual(resumed, saved !== undefined, label)
          assert.strictEqual(resentBytes, saved === undefined ? 0 : begun * chunkSize, label)
          // The asset of a process that stops before `created` is recorded stays empty.
          assert.strictEqual(server.requests.length, at === 2 && when === "before" ? 2 : 1, label)
          const sent = store.puts.slice(earlier).map((put) => put.url)
          const expected = [0, 1, 2, 3].filter((index) => saved === undefined || !confirmed.has(index))
          assert.deepStrictEqual(
            sent.toSorted(),
            expected.map((index) => url(server.requests.length, index)),
            label,
          )
        }
        if (ends.every((end) => end)) break
      }
      // creating, created, and sending and confirmed of four chunks.
      assert.strictEqual(stops, 20)
    }),
  )

  it.effect("returns the receipt without sending anything if every chunk was confirmed", () =>
    Effect.gen(function* () {
      const { book, path, store, upload } = yield* interrupted({ at: 10, when: "after" }, 1)
      assert.strictEqual(book.confirmed.size, 4)
      const puts = store.puts.length
      const exit = yield* drive(upload({ path, session: book.session() }))
      assert(Exit.isSuccess(exit))
      assert.deepStrictEqual([exit.value.resumed, exit.value.resentBytes, exit.value.verified], [true, 0, true])
      assert.strictEqual(store.puts.length, puts)
    }),
  )

  it.effect("does not accept a response that arrived early, although the body leaves while the chunk is hashed", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(8 * Digest.sliceSize)
      let queued = 5000
      const sendOn = (turns: number): unknown => (turns === 0 ? (queued = 0) : setImmediate(() => sendOn(turns - 1)))
      const store = storage(() => {
        sendOn(4)
        return stored("not-a-digest")
      })
      const queue = { watch: () => Effect.succeed(() => queued) }
      const sent = engine(store, api(1)).upload({ path, session: journal().session() })
      assert.strictEqual(failed(yield* drive(Effect.provideService(sent, SocketQueue, queue)))._tag, "Unverified")
      assert.strictEqual(store.puts.length, 1)
    }),
  )

  it.effect("starts with a `Resumed` event that contains the confirmed chunks", () =>
    Effect.gen(function* () {
      const { book, events, path, upload } = yield* interrupted({ at: 6, when: "after" }, 1)
      events.length = 0
      yield* drive(upload({ path, session: book.session() }))
      assert.deepStrictEqual(events.slice(0, 2), [
        { _tag: "Opened", path, bytes },
        {
          _tag: "Resumed",
          assetId: "asset-1",
          chunks: 4,
          chunkSize,
          confirmedChunks: 2,
          confirmedBytes: 2 * chunkSize,
        },
      ])
    }),
  )

  it.effect.each([
    ["size", (path: string) => Fs.appendFileSync(path, "x"), "size"],
    ["modification time", (path: string) => Fs.utimesSync(path, 1, 1), "modification time"],
    [
      "inode",
      (path: string) => {
        const { mtime } = Fs.statSync(path)
        Fs.copyFileSync(path, `${path}.new`)
        Fs.utimesSync(`${path}.new`, mtime, mtime)
        Fs.renameSync(`${path}.new`, path)
      },
      "inode",
    ],
    [
      "content of a confirmed chunk",
      (path: string) => {
        rewrite(path, 30)
        Fs.utimesSync(path, 5, 5)
      },
      "chunk 1 of the file differs from the bytes that were sent",
    ],
  ] as const)("fails with FileChanged and sends nothing if the file has another %s", ([, change, detail]) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(bytes)
      Fs.utimesSync(path, 5, 5)
      const store = storage()
      const server = api(4)
      const book = journal()
      const { upload } = engine(store, server)
      yield* drive(upload({ path, parallel: 1, session: book.session({ stop: { at: 6, when: "after" } }) }))
      const before = [store.puts.length, server.requests.length, book.steps.length]
      change(path)
      const error = failed(yield* drive(upload({ path, session: book.session() })))
      assert.strictEqual(error._tag, "FileChanged")
      assert.include(error.message, detail)
      assert.deepStrictEqual([store.puts.length, server.requests.length, book.steps.length], before)
    }),
  )

  it.effect("sends a chunk that was not confirmed even if its bytes have changed before the upload continues", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(bytes)
      Fs.utimesSync(path, 5, 5)
      const store = storage()
      const book = journal()
      const { upload } = engine(store, api(4))
      yield* drive(upload({ path, parallel: 1, session: book.session({ stop: { at: 6, when: "after" } }) }))
      rewrite(path, 91)
      Fs.utimesSync(path, 5, 5)
      assert.isTrue(Exit.isSuccess(yield* drive(upload({ path, session: book.session() }))))
      assert.isTrue(store.joined(1).equals(Fs.readFileSync(path)))
    }),
  )

  it.effect("creates one new asset and sends every chunk to it if the saved URLs have expired", () =>
    Effect.gen(function* () {
      const { content, path } = yield* randomFile(bytes)
      let hasExpired = false
      const store = storage((put) =>
        hasExpired && put.url.startsWith("http://storage.test/1/") ? expired() : stored(md5(put.bytes)),
      )
      const server = api(4)
      const book = journal()
      const { events, upload } = engine(store, server)
      yield* drive(upload({ path, parallel: 1, session: book.session({ stop: { at: 6, when: "after" } }) }))
      hasExpired = true
      book.steps.length = 0
      const exit = yield* drive(upload({ path, parallel: 1, session: book.session() }))
      assert(Exit.isSuccess(exit), String(exit))
      assert.deepInclude(exit.value, { assetId: "asset-2", chunks: 4, resumed: false, resentBytes: 0 })
      assert.isTrue(store.joined(2).equals(content))
      assert.strictEqual(server.requests.length, 2)
      assert.deepStrictEqual(book.steps.slice(0, 4), ["sending 2", "creating", "created asset-2", "sending 0"])
      assert.deepStrictEqual([...book.confirmed.keys()], [0, 1, 2, 3])
      assert.strictEqual(book.saved()?.asset.assetId, "asset-2")
      assert.strictEqual(events.filter(({ _tag }) => _tag === "Recreated").length, 1)
    }),
  )

  it.effect.each([
    [1, "creating", 0, 0],
    [2, "created", 1, 0],
    [3, "sending", 1, 0],
    [4, "confirmed", 1, 1],
    [5, "sending", 1, 1],
    [10, "confirmed", 1, 4],
  ] as const)("stops before step %d, %s, if the step cannot be recorded", ([refuse, step, requests, puts]) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(bytes)
      const store = storage()
      const server = api(4)
      const book = journal()
      const { events, upload } = engine(store, server)
      const error = failed(yield* drive(upload({ path, parallel: 1, session: book.session({ refuse }) })))
      assert(error._tag === "StepNotRecorded")
      assert.deepStrictEqual([error.step, error.action], [step, "Free some space."])
      assert.deepStrictEqual([server.requests.length, store.puts.length], [requests, puts])
      assert.strictEqual(book.steps.length, refuse - 1)
      assert.strictEqual(events.filter(({ _tag }) => _tag === "ChunkConfirmed").length, book.confirmed.size)
    }),
  )
})

describe("the creation of an asset with a session", () => {
  const assets = "POST /v2/devices/assets"
  const probed = Effect.provideService(RefusalProbe, { ask: () => Effect.undefined })

  /** Uploads a file through the complete client, whose API and storage are scripted. */
  const upload = (script: FakeApi.Script, refuse?: number) =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(bytes)
      const server = FakeApi.make(script)
      const book = journal()
      const opened = yield* Deferred.make<void>()
      const live = Uploader.layer.pipe(Layer.provideMerge(FakeApi.layer(server)))
      const run = Uploader.use((uploader) =>
        uploader.upload({
          path,
          session: book.session(refuse === undefined ? {} : { refuse }),
          onEvent: ({ _tag }) => (_tag === "Opened" ? Deferred.succeed(opened, undefined) : Effect.void),
        }),
      ).pipe(Effect.provide(live), probed, FakeApi.noJitter)
      return { server, book, run, opened }
    })

  /** Interrupts the upload after 1.2 s, when the second attempt has failed and the third one is not due. */
  const interrupt = (script: FakeApi.Script) =>
    Effect.gen(function* () {
      const { book, opened, run, server } = yield* upload(script)
      const fiber = yield* Effect.forkChild(run)
      // The file is opened in real time.
      yield* Deferred.await(opened)
      yield* FakeApi.advance("1200 millis")
      const ending = yield* Effect.forkChild(Fiber.interrupt(fiber), { startImmediately: true })
      // An interruption waits up to 5 s for the response to a request in flight.
      yield* FakeApi.advance("5 seconds")
      yield* Fiber.join(ending)
      return { book, requests: server.to(assets).length }
    })

  it.effect("is recorded as not created if the upload is interrupted while it waits at a gate", () =>
    Effect.gen(function* () {
      const { book, requests } = yield* interrupt((route) => (route === "GET /health" ? "refused" : undefined))
      assert.deepStrictEqual([requests, book.steps], [0, ["notCreated"]])
    }),
  )

  it.effect("is recorded as not created if the upload is interrupted between two attempts", () =>
    Effect.gen(function* () {
      const { book, requests } = yield* interrupt((route) => (route === assets ? FakeApi.simple(429, "x") : undefined))
      assert.strictEqual(requests, 2)
      assert.deepStrictEqual(book.steps, ["creating", "creating", "notCreated"])
      assert.isFalse(book.isCreating())
    }),
  )

  it.effect("stays recorded as possibly created if the upload is interrupted during the request", () =>
    Effect.gen(function* () {
      const { book, requests } = yield* interrupt((route) => (route === assets ? "hang" : undefined))
      assert.deepStrictEqual([requests, book.steps], [1, ["creating"]])
      assert.isTrue(book.isCreating())
    }),
  )

  it.effect("stays recorded as possibly created if the response is lost", () =>
    Effect.gen(function* () {
      const { book, run } = yield* upload((route) => (route === assets ? "reset" : undefined))
      const error = failed(yield* drive(run))
      assert.strictEqual(error._tag, "AssetCreationUncertain")
      assert.deepStrictEqual(book.steps, ["creating"])
      assert.isTrue(book.isCreating())
    }),
  )

  it.effect("is recorded as not created if the server refuses it", () =>
    Effect.gen(function* () {
      const { book, run } = yield* upload((route) =>
        route === assets ? FakeApi.detailed(409, "Channel Paused") : undefined,
      )
      assert.strictEqual(failed(yield* drive(run))._tag, "ChannelPaused")
      assert.deepStrictEqual(book.steps, ["creating", "notCreated"])
    }),
  )

  it.effect("fails with StepNotRecorded if the refusal cannot be recorded", () =>
    Effect.gen(function* () {
      const { book, run } = yield* upload(
        (route) => (route === assets ? FakeApi.detailed(409, "Channel Paused") : undefined),
        2,
      )
      const error = failed(yield* drive(run))
      assert(error._tag === "StepNotRecorded")
      assert.strictEqual(error.step, "notCreated")
      assert.isTrue(book.isCreating())
    }),
  )

  it.effect("is not sent if the attempt cannot be recorded", () =>
    Effect.gen(function* () {
      const { run, server } = yield* upload(() => undefined, 1)
      const error = failed(yield* drive(run))
      assert(error._tag === "StepNotRecorded")
      assert.strictEqual(error.step, "creating")
      assert.strictEqual(server.to(assets).length, 0)
    }),
  )
})
