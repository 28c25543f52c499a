import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import * as Path from "node:path"
import * as Access from "../../src/internal/journal/access.ts"
import * as Faults from "../../src/internal/journal/faults.ts"
import * as Sqlite from "../../src/internal/journal/sqlite.ts"
import { breathe } from "../support/contract/backend.ts"
import { patiently } from "../support/contract/commits.ts"
import * as Journals from "../support/journals.ts"

type Sync = typeof fs.fdatasync

/** Replaces the sync of files for the rest of a scope. */
const syncing = (sync: (file: number, real: Sync, done: fs.NoParamCallback) => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const real = fs.fdatasync
      fs.fdatasync = ((file: number, done: fs.NoParamCallback) => sync(file, real, done)) as Sync
      syncBuiltinESMExports()
      return real
    }),
    (real) =>
      Effect.sync(() => {
        fs.fdatasync = real
        syncBuiltinESMExports()
      }),
  )

const failure = (code: string) => Object.assign(new Error(code), { code })

/** Opens a database with one table, whose COMMITs leave the sync to the caller. */
const opened = Effect.gen(function* () {
  const file = Path.join(yield* Journals.folder, "journal.db")
  const database = yield* Sqlite.open({
    file,
    pragmas: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
    syncsLater: true,
  })
  const access = Access.make(database.sql, database.sync)
  yield* access.write((run) => run("CREATE TABLE t (n INTEGER)", []))
  return { file, access, database, walBytes: () => fs.statSync(`${file}-wal`).size }
})

const insert = (n: number) => (run: Access.Run) => run("INSERT INTO t VALUES (?)", [n])
const rows = (access: Access.Access) => access.read((run) => run("SELECT n FROM t ORDER BY n", []))

describe("The sync of the WAL", () => {
  it.effect("ends each transaction, so nothing counts as written before it is on the disk", () =>
    Effect.gen(function* () {
      const { access } = yield* opened
      const held: Array<() => void> = []
      yield* syncing((file, real, done) => void held.push(() => real(file, done)))
      const fiber = yield* Effect.forkChild(access.write(insert(1)), { startImmediately: true })
      yield* breathe
      assert.deepStrictEqual(yield* rows(access), [[1]], "the transaction is visible")
      assert.isUndefined(fiber.pollUnsafe(), "and has not ended")
      for (const sync of held) sync()
      yield* Fiber.join(fiber)
      assert.strictEqual(held.length, 1)
    }).pipe(Effect.scoped),
  )

  it.effect("is replaced by a checkpoint after a failure, because a second sync would prove nothing", () =>
    Effect.gen(function* () {
      const { access, walBytes } = yield* opened
      let syncs = 0
      yield* syncing((file, real, done) => (++syncs === 1 ? done(failure("EIO")) : real(file, done)))
      const error = yield* Effect.flip(access.write(insert(1)))
      assert.strictEqual(Faults.kind(error), "disk")
      assert.isAbove(walBytes(), 0)
      yield* access.write(insert(2))
      assert.strictEqual(walBytes(), 0, "the database file has everything")
      assert.strictEqual(syncs, 1)
      yield* access.write(insert(3))
      assert.strictEqual(syncs, 2, "syncs are trusted again after the checkpoint")
      assert.deepStrictEqual(yield* rows(access), [[1], [2], [3]])
    }).pipe(Effect.scoped),
  )

  it.effect("is not trusted if another sync failed while it ran", () =>
    Effect.gen(function* () {
      const { access, walBytes } = yield* opened
      const ends: Array<fs.NoParamCallback> = []
      yield* syncing((_file, _real, done) => void ends.push(done))
      const first = yield* Effect.forkChild(Effect.exit(access.write(insert(1))), { startImmediately: true })
      const second = yield* Effect.forkChild(Effect.exit(access.write(insert(2))), { startImmediately: true })
      yield* breathe
      ends[0]?.(failure("EIO"))
      ends[1]?.(null)
      assert.isTrue(Exit.isFailure(yield* Fiber.join(first)))
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(second)))
      assert.strictEqual(walBytes(), 0, "a checkpoint took the place of the second sync")
    }).pipe(Effect.scoped),
  )

  it.effect("keeps failing while the WAL cannot be checkpointed", () =>
    Effect.gen(function* () {
      const { access, file } = yield* opened
      yield* access.write(insert(1))
      const reader = yield* Sqlite.open({ file, readOnly: true, pragmas: "PRAGMA query_only = ON" })
      yield* syncing((_file, _real, done) => done(failure("EIO")))
      const errors = yield* Access.make(reader.sql).snapshot((run) =>
        Effect.gen(function* () {
          yield* run("SELECT n FROM t", [])
          return [yield* Effect.flip(access.write(insert(2))), yield* Effect.flip(access.write(insert(3)))]
        }),
      )
      assert.deepStrictEqual(
        errors.map((error) => error._tag === "SqlError" && Faults.kind(error)),
        ["disk", "disk"],
      )
      yield* access.write(insert(4))
      assert.deepStrictEqual(yield* rows(access), [[1], [2], [3], [4]])
    }).pipe(Effect.scoped),
  )

  it.effect.each([
    ["ENOSPC", "full"],
    ["EDQUOT", "full"],
    ["EROFS", "readOnly"],
    ["EIO", "disk"],
  ] as const)("reports %s as SQLite does", ([code, kind]) =>
    Effect.gen(function* () {
      const { access } = yield* opened
      yield* syncing((_file, _real, done) => done(failure(code)))
      assert.strictEqual(Faults.kind(yield* Effect.flip(access.write(insert(1)))), kind)
    }).pipe(Effect.scoped),
  )

  it.effect("fails the owner's write, although the transaction can be read back", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const [{ id = "" } = {}] = yield* journal.add([Journals.upload("/card/A001.mov")])
          const { write } = yield* journal.own
          const creating = write({ _tag: "Creating", id, file: Journals.file })
          const reader = yield* Sqlite.open({
            file: Journals.fileIn(directory),
            readOnly: true,
            pragmas: "PRAGMA query_only = ON",
          })
          yield* syncing((_file, _real, done) => done(failure("EIO")))
          // A reader keeps the checkpoint from emptying the WAL.
          const error = yield* Access.make(reader.sql).snapshot((run) =>
            Effect.andThen(run("SELECT * FROM upload", []), Effect.flip(patiently(creating))),
          )
          assert.strictEqual(error._tag, "JournalUnwritable")
          assert.strictEqual((yield* journal.get(id))?.state, "creating", "it was committed")
          yield* patiently(creating)
        }),
      )
    }).pipe(Effect.scoped),
  )

  it.effect("keeps the WAL open until it has ended, so that its descriptor names no other file", () =>
    Effect.gen(function* () {
      let finish = () => {}
      let descriptor = -1
      const scope = yield* Scope.make()
      const { access } = yield* Scope.provide(opened, scope)
      yield* syncing((file, real, done) => {
        descriptor = file
        finish = () => real(file, done)
      })
      const fiber = yield* Effect.forkChild(Effect.exit(access.write(insert(1))), { startImmediately: true })
      yield* breathe
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(fs.fstatSync(descriptor).isFile())
      finish()
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(fiber)))
      assert.throws(() => fs.fstatSync(descriptor), /EBADF/)
    }).pipe(Effect.scoped),
  )
})
