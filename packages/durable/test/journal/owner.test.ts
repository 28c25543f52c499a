import { assert, describe, it } from "@effect/vitest"
import { Journal, MachineId } from "@holdfast/durable"
import { Effect, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as Fs from "node:fs"
import * as Path from "node:path"
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
