import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Folder from "../../src/internal/journal/folder.ts"
import * as Journals from "../support/journals.ts"

describe("the folder of a journal", () => {
  const refusal = (prepare: (state: string) => void) =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      const state = Path.join(directory, "state")
      prepare(state)
      const error = yield* Effect.flip(Journals.using(directory, ({ list }) => list))
      return { error, state }
    })

  it.effect("is created with access for its owner only", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, ({ list }) =>
        Effect.andThen(
          list,
          Effect.sync(() => {
            const state = Path.join(directory, "state")
            assert.strictEqual(Fs.statSync(state).mode & 0o777, 0o700)
            for (const name of Fs.readdirSync(state)) {
              assert.strictEqual(Fs.statSync(Path.join(state, name)).mode & 0o777, 0o600, name)
            }
          }),
        ),
      )
    }),
  )

  it.effect("is rejected if other users can access it or its files", () =>
    Effect.gen(function* () {
      const open = yield* refusal((state) => Fs.mkdirSync(state, { mode: 0o755 }))
      assert.deepInclude(open.error, { _tag: "JournalUnusable", action: `run chmod 700 ${JSON.stringify(open.state)}` })
      const readable = yield* refusal((state) => {
        Fs.mkdirSync(state, { mode: 0o700 })
        Fs.writeFileSync(Path.join(state, "journal.db"), "", { mode: 0o644 })
      })
      assert.strictEqual(readable.error._tag, "JournalUnusable")
    }),
  )

  it.effect("is rejected if it is a file, or the journal is a link or a folder", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<(state: string) => void> = [
        (state) => Fs.writeFileSync(state, ""),
        (state) => {
          Fs.mkdirSync(state, { mode: 0o700 })
          Fs.symlinkSync("/etc/passwd", Path.join(state, "journal.db"))
        },
        (state) => Fs.mkdirSync(Path.join(state, "journal.db"), { recursive: true, mode: 0o700 }),
        (state) => Fs.symlinkSync("/nowhere/at/all", state),
      ]
      for (const prepare of cases) {
        const { error } = yield* refusal(prepare)
        assert.strictEqual(error._tag, "JournalUnusable", String(prepare))
      }
    }),
  )

  it.effect("is rejected on a network share, and not created there", () =>
    Effect.gen(function* () {
      const state = Path.join(yield* Journals.folder, "share", "state")
      const error = Folder.prepare(state, () => "NFS")
      assert.strictEqual(error?._tag, "JournalUnusable")
      assert.include(error?.message, "network file system (NFS)")
      assert.isFalse(Fs.existsSync(Path.dirname(state)))
    }),
  )

  it.effect("is not changed if a newer version wrote the journal", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.fill(directory, 3)
      const { DatabaseSync } = yield* Effect.promise(() => import("node:sqlite"))
      const { meta, seal } = yield* Effect.promise(() => import("../../src/internal/journal/rows.ts"))
      const database = new DatabaseSync(Journals.fileIn(directory))
      database
        .prepare("UPDATE meta SET value = ?, sum = ? WHERE name = 'schema'")
        .run(...seal(meta, ["schema", "4"]).slice(1))
      database.close()
      const before = Fs.readFileSync(Journals.fileIn(directory))
      const error = yield* Effect.flip(Journals.using(directory, ({ list }) => list))
      assert.strictEqual(error._tag, "JournalTooNew")
      assert.include(error.message, "its version is 4, and this program knows versions up to 3")
      assert.deepStrictEqual(Fs.readFileSync(Journals.fileIn(directory)), before)
      assert.deepStrictEqual(
        Fs.readdirSync(Path.join(directory, "state")).filter((name) => name.includes("damaged")),
        [],
      )
    }),
  )
})
