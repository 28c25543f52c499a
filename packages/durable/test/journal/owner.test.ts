import { assert, describe, it } from "@effect/vitest"
import { Journal, MachineId } from "@holdfast/durable"
import { Effect, Exit, Layer, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient } from "effect/sql"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Sqlite from "../../src/internal/journal/sqlite.ts"
import * as Journals from "../support/journals.ts"

const onMachine = (machine: string) => Effect.provideService(MachineId, Effect.succeed(machine))

/** Copies the folder of a journal, as a backup would. */
const backUp = (directory: string, name: string) => {
  Fs.cpSync(Path.join(directory, "state"), Path.join(directory, name), { recursive: true })
  Fs.chmodSync(Path.join(directory, name), 0o700)
}

const putBack = (directory: string, name: string) => {
  Fs.rmSync(Path.join(directory, "state"), { recursive: true })
  Fs.renameSync(Path.join(directory, name), Path.join(directory, "state"))
}

describe("the owner of the queue", () => {
  it.effect("is fenced if another process has taken over", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      const sql = Layer.effect(
        SqlClient.SqlClient,
        Effect.map(
          Sqlite.open({ file: Path.join(directory, "x.db"), pragmas: "PRAGMA journal_mode = WAL" }),
          (opened) => opened.sql,
        ),
      )
      const layer = Journal.layerSql({ path: "database" }).pipe(Layer.provide(sql))
      yield* Effect.gen(function* () {
        const journal = yield* Journal
        const [added] = yield* journal.add([Journals.upload("/a")])
        const first = yield* journal.own
        const second = yield* journal.own
        assert.isAbove(second.epoch, first.epoch)
        const id = added?.id ?? ""
        const error = yield* Effect.flip(first.write({ _tag: "Creating", id, file: Journals.file }))
        assert.strictEqual(error._tag, "JournalFenced")
        assert.strictEqual((yield* journal.get(id))?.state, "queued")
        yield* second.write({ _tag: "Creating", id, file: Journals.file })
      }).pipe(Effect.scoped, Effect.provide(layer))
    }),
  )

  it.effect(
    "leaves an upload unreported if the owner that finished it was interrupted, until an owner reaches its end",
    () =>
      Effect.gen(function* () {
        const directory = yield* Journals.folder
        const done = (journal: Journal["Service"], path: string) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload(path)])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            yield* write({ _tag: "Creating", id, file: Journals.file })
            yield* write({ _tag: "Created", id, asset: Journals.asset(id), chunks: 2, chunkSize: 50 })
            yield* write({ _tag: "Done", id })
            return id
          })
        yield* Journals.using(directory, (journal) =>
          Effect.gen(function* () {
            yield* Effect.scoped(done(journal, "/reported"))
            assert.strictEqual((yield* journal.unreported).size, 0)
            let interrupted = ""
            yield* Effect.exit(
              Effect.scoped(
                Effect.andThen(
                  Effect.tap(done(journal, "/interrupted"), (id) => Effect.sync(() => (interrupted = id))),
                  Effect.interrupt,
                ),
              ),
            )
            assert.deepStrictEqual([...(yield* journal.unreported)], [interrupted])
            yield* Effect.scoped(journal.own)
            assert.strictEqual((yield* journal.unreported).size, 0)
          }),
        )
      }),
  )

  it.effect("counts a crash for each upload that made no progress", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      const crashed = yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const added = yield* journal.add(
            ["/creating", "/again", "/stuck", "/moving", "/queued"].map((path) => ({
              ...Journals.upload(path),
              createAgain: path === "/again",
            })),
          )
          const [creating = "", again = "", stuck = "", moving = ""] = added.map(({ id }) => id)
          const { write } = yield* journal.own
          const created = (id: string) => ({
            _tag: "Created" as const,
            id,
            asset: Journals.asset(id),
            chunks: 2,
            chunkSize: 50,
          })
          for (const id of [creating, again, stuck, moving]) yield* write({ _tag: "Creating", id, file: Journals.file })
          yield* write(created(stuck), created(moving))
          return { directory, moving }
        }),
      )
      // The next owner begins the parts of two uploads, and confirms one. Then the power fails.
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const records = yield* journal.list
          const { write } = yield* journal.own
          for (const { id, state } of records)
            if (state === "sending") yield* write({ _tag: "PartSending", id, chunk: Journals.chunk(0) })
          yield* write({ _tag: "PartConfirmed", id: crashed.moving, part: Journals.part(0) })
          backUp(directory, "image")
        }),
      )
      putBack(directory, "image")
      Fs.rmSync(Path.join(directory, "marks"), { recursive: true })
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          yield* journal.own
          assert.deepStrictEqual(
            (yield* journal.list).map(({ crashes, path, state }) => [path, state, crashes]),
            [
              ["/creating", "uncertain", 0],
              ["/again", "queued", 0],
              ["/stuck", "sending", 1],
              ["/moving", "sending", 0],
              ["/queued", "queued", 0],
            ],
          )
        }),
      )
    }),
  )

  it.effect("does not continue a journal of another machine until the user claims it", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 2).pipe(onMachine("one"))
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* journal.list).length, 2)
          const error = yield* Effect.flip(journal.own)
          assert.deepInclude(error, { _tag: "JournalMisplaced", reason: "moved" })
          yield* journal.claim
          yield* journal.own
        }),
      ).pipe(onMachine("two"))
    }),
  )

  it.effect("does not continue an older copy of the journal until the user claims it", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 2)
      backUp(directory, "backup")
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const [first] = yield* journal.list
          const { write } = yield* journal.own
          yield* write({ _tag: "Canceled", id: first?.id ?? "" })
        }),
      )
      putBack(directory, "backup")
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(journal.own)
          assert.deepInclude(error, { _tag: "JournalMisplaced", reason: "rolled-back" })
          yield* journal.claim
          const { epoch } = yield* journal.own
          assert.strictEqual(epoch, 3)
        }),
      )
    }),
  )

  it.effect("detects a rollback during one ownership", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      const [id] = (yield* Journals.fill(directory, 2)).uploads.map((record) => record.id)
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const { write } = yield* journal.own
          backUp(directory, "backup")
          yield* TestClock.adjust("2 seconds")
          yield* write({ _tag: "Canceled", id: id ?? "" })
        }),
      )
      putBack(directory, "backup")
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.deepInclude(yield* Effect.flip(journal.own), { _tag: "JournalMisplaced", reason: "rolled-back" })
        }),
      )
    }),
  )

  it.effect("does not continue a copy of a journal that still exists", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 2)
      backUp(directory, "copy")
      const error = yield* Effect.flatMap(Journal, ({ own }) => Effect.flip(own)).pipe(
        Effect.scoped,
        Effect.provide(
          Journal.layer({ directory: Path.join(directory, "copy"), marks: Path.join(directory, "marks") }),
        ),
      )
      assert.deepInclude(error, { _tag: "JournalMisplaced", reason: "moved" })
    }),
  )

  it.effect("writes what is pending before its scope closes", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const added = yield* journal.add(["/a", "/b", "/c"].map(Journals.upload))
          const scope = yield* Scope.make()
          const { write } = yield* Scope.provide(journal.own, scope)
          yield* Effect.forEach(added, ({ id }) =>
            Effect.forkChild(write({ _tag: "Failed", id, error: Journals.error }), { startImmediately: true }),
          )
          yield* Scope.close(scope, Exit.void)
          assert.deepStrictEqual(
            (yield* journal.list).map(({ state }) => state),
            ["failed", "failed", "failed"],
          )
          const late = yield* Effect.flip(write({ _tag: "Canceled", id: added[0]?.id ?? "" }))
          assert.strictEqual(late._tag, "JournalFenced")
        }),
      )
    }),
  )

  it.effect("rejects only the changes of an upload that was removed", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const [kept, removed] = yield* journal.add(["/a", "/b"].map(Journals.upload))
          const { write } = yield* journal.own
          yield* write({ _tag: "Failed", id: removed?.id ?? "", error: Journals.error })
          assert.strictEqual(yield* journal.clean({ failed: true }), 1)
          const results = yield* Effect.all(
            [kept, removed].map((record) => Effect.result(write({ _tag: "Canceled", id: record?.id ?? "" }))),
            { concurrency: 2 },
          )
          assert.deepStrictEqual(
            results.map(({ _tag }) => _tag),
            ["Success", "Failure"],
          )
          assert.strictEqual((yield* journal.get(kept?.id ?? ""))?.state, "canceled")
        }),
      )
    }),
  )

  it.effect("leaves no upload URL in the files when an upload has ended", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          const added = yield* journal.add(["/done", "/canceled", "/fresh"].map(Journals.upload))
          const { write } = yield* journal.own
          for (const { id } of added) {
            yield* write({ _tag: "Created", id, asset: Journals.asset(`asset-${id}`), chunks: 2, chunkSize: 50 })
          }
          const [done = "", canceled = "", fresh = ""] = added.map(({ id }) => id)
          yield* write({ _tag: "Done", id: done }, { _tag: "Canceled", id: canceled })
          yield* write({ _tag: "Requeued", id: fresh, fresh: true, createAgain: false })
          for (const { id } of added) assert.isUndefined(yield* journal.asset(id))
        }),
      )
      const state = Path.join(directory, "state")
      for (const name of Fs.readdirSync(state)) {
        const content = Fs.readFileSync(Path.join(state, name), "latin1")
        assert.notInclude(content, "?secret", name)
        assert.strictEqual(Fs.statSync(Path.join(state, name)).mode & 0o777, 0o600, name)
      }
      assert.strictEqual(String(Redacted.make("https://s?secret")), "<redacted>")
    }),
  )
})
