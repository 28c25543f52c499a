import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { join, relative } from "node:path"
import { api, drive, failed, files, folder, md5, process, storage, stored } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

describe("Queue.add", () => {
  it.effect("adds all files or none", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add } = process(memory, storage(), api(1))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      const error = failed(yield* drive(add([path, join(path, "..", "missing.mov")])))
      assert.strictEqual(error._tag, "FileMissing")
      assert.strictEqual(memory.rows.size, 0)
    }),
  )

  it.effect("stores absolute paths, and recognizes a file by its relative path", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add } = process(memory, storage(), api(1))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      const [first] = yield* add([relative("", path)])
      const [second] = yield* add([path])
      assert.deepStrictEqual([first?.path, second?.id], [path, first?.id])
    }),
  )

  it.effect("adds a file once if it is named twice or added at the same time by two callers", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { run } = process(memory, storage(), api(1))
      const [file] = yield* files(100)
      const request = { path: file?.path ?? "" }
      const added = yield* run((queue) =>
        Effect.all([queue.add([request, request]), queue.add([request])], { concurrency: 2 }),
      )
      assert.deepStrictEqual(
        added.flat().map(({ id }) => id),
        ["u1", "u1", "u1"],
      )
      assert.strictEqual(memory.rows.size, 1)
    }),
  )

  it.effect("keeps the upload that another process added a moment before", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add } = process(memory, storage(), api(1))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      let readings = 0
      // The other process adds the file after the queue was searched for it.
      memory.reading = Effect.suspend(() =>
        ++readings === 2
          ? Effect.andThen(
              Effect.sync(() => {
                memory.reading = Effect.void
              }),
              Effect.orDie(Effect.asVoid(add([path]))),
            )
          : Effect.void,
      )
      const [kept] = yield* add([path])
      assert.deepInclude(kept, { id: "u1", wanted: undefined })
      assert.deepInclude(memory.row("u2"), { path, state: "queued", wanted: "cancel" })
    }),
  )

  it.effect("continues an upload that failed", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      let isBroken = true
      const store = storage((put) => stored(isBroken ? "0".repeat(32) : md5(put.bytes)))
      const { add, drain } = process(memory, store, api(2))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      yield* add([path])
      yield* drive(drain())
      assert.strictEqual(memory.row("u1").state, "failed")
      isBroken = false
      const [again] = yield* add([path])
      assert.deepInclude(again, { id: "u1", wanted: "retry" })
      yield* drive(drain())
      assert.deepInclude(memory.row("u1"), { state: "done", assetId: "asset-1", wanted: undefined })
    }),
  )

  it.effect("adds a new version of a file whose earlier version has begun", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add } = process(memory, storage(), api(2))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      yield* add([path])
      Fs.writeFileSync(path, "new")
      const [waiting] = yield* add([path])
      assert.strictEqual(waiting?.id, "u1", "an upload that has not begun uploads the file as it is then")
      const entry = memory.rows.get("u1")
      assert(entry !== undefined)
      entry.row = { ...entry.row, state: "sending", assetId: "asset-1" }
      const [other] = yield* add([path])
      assert.strictEqual(other?.id, "u2")
    }),
  )

  it.effect("adds the same file again for another name or channel, and after it is done or canceled", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, drain, run } = process(memory, storage(), api(2))
      const [file] = yield* files(100)
      const path = file?.path ?? ""
      yield* run((queue) => queue.add([{ path }, { path, name: "B" }, { path, channel: 2 }]))
      assert.strictEqual(memory.rows.size, 3)
      yield* run((queue) => queue.cancel(["u2"]))
      yield* drive(drain())
      assert.deepStrictEqual(
        (yield* run((queue) => queue.add([{ path }, { path, name: "B" }]))).map(({ id }) => id),
        ["u4", "u5"],
      )
      assert.strictEqual((yield* add([path]))[0]?.id, "u4")
    }),
  )
})

describe("Queue.add after a run that was killed", () => {
  it.effect("returns the finished upload of the same file, and adds the file again once a run has reported it", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [file] = yield* files(1000)
      const path = file?.path ?? ""
      const one = process(memory, storage(), api(4))
      yield* one.add([path])
      yield* drive(one.drain())
      const again = () => one.run((queue) => queue.add([{ path }]))
      memory.unreported.add("u1")
      const [same] = yield* again()
      assert.deepInclude(same, { id: "u1", state: "done" })
      memory.unreported.clear()
      const [added] = yield* again()
      assert.deepInclude(added, { id: "u2", state: "queued" })
    }),
  )
})

describe("skipUploaded", () => {
  const done = (memory: MemoryJournal.Memory, paths: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const one = process(memory, storage(), api(4))
      yield* one.add(paths)
      yield* drive(one.drain())
      return (path: string) => one.run((queue) => queue.add([{ path, skipUploaded: true }]))
    })

  it.effect("returns the upload of the same content under another name", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [file] = yield* files(1000)
      const directory = yield* folder
      const add = yield* done(memory, [file?.path ?? ""])
      const copy = join(directory, "copy.mov")
      Fs.copyFileSync(file?.path ?? "", copy)
      const [skipped] = yield* add(copy)
      assert.deepInclude(skipped, { id: "u1", state: "done" })
      assert.strictEqual(memory.rows.size, 1)
    }),
  )

  it.effect("adds a file from the next card that has the same name, size and times", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [file] = yield* files(1000)
      const path = file?.path ?? ""
      const add = yield* done(memory, [path])
      const { atime, mtime } = Fs.statSync(path)
      const next = randomBytes(1000)
      // Only the last part differs.
      file?.content.copy(next, 0, 0, 999)
      next[999] = (file?.content[999] ?? 0) ^ 1
      Fs.writeFileSync(path, next)
      Fs.utimesSync(path, atime, mtime)
      const [added] = yield* add(path)
      assert.deepInclude(added, { id: "u2", state: "queued" })
    }),
  )

  it.effect("adds a file if a part of the earlier upload was accepted without proof", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [file] = yield* files(1000)
      const path = file?.path ?? ""
      const one = process(
        memory,
        storage(() => stored()),
        api(4),
      )
      yield* one.add([path])
      yield* drive(one.drain({ onUnverified: "accept" }))
      assert.strictEqual(memory.row("u1").state, "done")
      const [added] = yield* one.run((queue) => queue.add([{ path, skipUploaded: true }]))
      assert.strictEqual(added?.id, "u2")
    }),
  )

  it.effect("skips an empty file only if an empty file was uploaded", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const [full, empty] = yield* files(10, 0)
      const add = yield* done(memory, [full?.path ?? ""])
      const [added] = yield* add(empty?.path ?? "")
      assert.strictEqual(added?.state, "queued")
    }),
  )
})

describe("Queue.clean", () => {
  it.effect("removes uploads that are done or canceled, and failed ones if asked", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const { add, run } = process(memory, storage(), api(1))
      const added = yield* files(1, 2, 3, 4)
      yield* add(added.map(({ path }) => path))
      for (const [index, state] of (["done", "canceled", "failed", "sending"] as const).entries()) {
        const entry = memory.rows.get(`u${index + 1}`)
        if (entry !== undefined) entry.row = { ...entry.row, state }
      }
      assert.strictEqual(yield* run((queue) => queue.clean()), 2)
      assert.strictEqual(yield* run((queue) => queue.clean({ failed: true })), 1)
      assert.deepStrictEqual([...memory.rows.keys()], ["u4"])
    }),
  )
})
