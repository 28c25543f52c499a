/** A journal that version 1 of the schema wrote. */
import { assert, describe, it } from "@effect/vitest"
import { JournalInspection } from "@holdfast/durable"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import * as Path from "node:path"
import { crc32 } from "node:zlib"
import * as Rows from "../../src/internal/journal/rows.ts"
import * as Schema from "../../src/internal/journal/schema.ts"
import * as Journals from "../support/journals.ts"

/** The columns that later versions added to the uploads. */
const later = ["quiet_ms", "device", "run"]

/** Turns a journal into one of version 1, whose uploads have no quiet time. */
const downgrade = (file: string): void => {
  const database = new DatabaseSync(file)
  for (const column of later) database.exec(`ALTER TABLE upload DROP COLUMN ${column}`)
  const described = database.prepare(Schema.shapeQuery)
  described.setReturnArrays(true)
  for (const row of [
    ["schema", "1"],
    ["shape", Schema.shape(described.all())],
  ]) {
    const [name = "", value = "", sum] = Rows.seal(Rows.meta, row)
    database.prepare("UPDATE meta SET value = ?, sum = ? WHERE name = ?").run(value, sum ?? 0, name)
  }
  // Version 1 computed the checksum from 29 columns.
  for (const row of database.prepare("SELECT * FROM upload").all()) {
    const values = Rows.upload.columns.filter((column) => !later.includes(column)).map((column) => row[column])
    assert.strictEqual(values.length, 29)
    assert.strictEqual(row["sum"], crc32(JSON.stringify(values), crc32("upload")))
  }
  database.close()
}

const old = Effect.gen(function* () {
  const directory = yield* Journals.folder
  const truth = yield* Journals.fill(directory, 9)
  downgrade(Journals.fileIn(directory))
  return { directory, truth }
})

describe("A journal of version 1", () => {
  it.effect("is migrated with all uploads, parts and URLs, and then accepts a recording", () =>
    Effect.gen(function* () {
      const { directory, truth } = yield* old
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.strictEqual(journal.opening.damaged, undefined)
          assert.deepStrictEqual(yield* Journals.contents(journal), truth)
          yield* journal.add([{ ...Journals.upload("/media/take.mov"), quietMillis: 60_000 }])
        }),
      )
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          assert.strictEqual(journal.opening.damaged, undefined)
          const quiet = (yield* journal.list).map(({ quietMillis }) => quietMillis)
          assert.deepStrictEqual(quiet, [...truth.uploads.map(() => undefined), 60_000])
        }),
      )
    }),
  )

  it.effect("can be examined without being migrated", () =>
    Effect.gen(function* () {
      const { directory } = yield* old
      const found = yield* JournalInspection.inspect(Path.join(directory, "state"))
      assert.deepStrictEqual([found?.damage, found?.states], [undefined, { done: 3, queued: 3, sending: 3 }])
      const database = new DatabaseSync(Journals.fileIn(directory))
      const columns = database
        .prepare("PRAGMA table_info(upload)")
        .all()
        .map(({ name }) => name)
      database.close()
      for (const column of later) assert.notInclude(columns, column)
    }),
  )

  it.effect("is recovered if its shape is damaged", () =>
    Effect.gen(function* () {
      const { directory, truth } = yield* old
      const database = new DatabaseSync(Journals.fileIn(directory))
      database.exec("UPDATE meta SET value = '0' WHERE name = 'shape'")
      database.close()
      yield* Journals.using(directory, (journal) =>
        Effect.gen(function* () {
          // The damaged setting is the only record that is lost.
          assert.strictEqual(journal.opening.damaged?.lost, 1)
          assert.deepStrictEqual((yield* Journals.contents(journal)).uploads, truth.uploads)
        }),
      )
    }),
  )

  it.effect("with a flipped bit in the quiet time of a recording is damaged", () =>
    Effect.gen(function* () {
      const directory = yield* Journals.folder
      yield* Journals.using(directory, (journal) => journal.add([{ ...Journals.upload("/take.mov"), quietMillis: 64 }]))
      const database = new DatabaseSync(Journals.fileIn(directory))
      database.exec("UPDATE upload SET quiet_ms = NULL")
      database.close()
      const found = yield* JournalInspection.inspect(Path.join(directory, "state"))
      assert.strictEqual(found?.damage, "the record of an upload")
    }),
  )
})
