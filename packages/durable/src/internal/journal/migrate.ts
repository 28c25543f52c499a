/**
 * Brings the schema of a journal to the version of this program.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { SqlError } from "effect/sql/SqlError"
import type { Access, Run } from "./access.ts"
import * as Schema from "./schema.ts"
import * as Tables from "./tables.ts"

/** A newer version of the program created the journal. */
export class TooNew extends Data.TaggedError("TooNew")<{ readonly found: number; readonly known: number }> {}

/** The database contains another program's tables, or its schema is damaged. */
export class Foreign extends Data.TaggedError("Foreign") {}

type Failure = Foreign | SqlError | TooNew | Tables.RowDamaged

/**
 * Returns the names of the tables. A PostgreSQL database can contain other programs' tables next to those of the journal.
 */
const tables = {
  sqlite: "SELECT name FROM sqlite_schema WHERE type = 'table'",
  pg: "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'",
}

/** Applies the missing migrations in one transaction. Writes nothing if the schema is current or too new. */
export const run = (access: Access): Effect.Effect<void, Failure> => {
  /** Returns the version of the schema, which is 0 for an empty database. */
  const version = (run: Run): Effect.Effect<number, Failure> =>
    run(tables[access.dialect], []).pipe(
      Effect.flatMap((rows): Effect.Effect<string | undefined, Failure> => {
        if (rows.length === 0) return Effect.succeed("0")
        return rows.some(([name]) => name === "meta") ? Tables.meta(run, "schema") : new Foreign()
      }),
      Effect.flatMap((found) => (/^[0-9]+$/.test(found ?? "") ? Effect.succeed(Number(found)) : new Foreign())),
      Effect.tap((found) =>
        found > Schema.version ? Effect.fail(new TooNew({ found, known: Schema.version })) : Effect.void,
      ),
    )

  return Effect.flatMap(access.read(version), (found) => {
    if (found === Schema.version) return Effect.void
    return access.write((run) =>
      Effect.gen(function* () {
        // Another process may have applied them meanwhile.
        const from = yield* version(run)
        // The migration would give a damaged schema a valid checksum.
        if (from > 0 && access.dialect === "sqlite") yield* checkShape(run)
        for (const step of Schema.migrations(access.dialect).slice(from)) {
          for (const statement of step) yield* run(statement, [])
        }
        yield* Tables.putMeta(run, "schema", String(Schema.version))
        if (access.dialect === "sqlite") {
          yield* Tables.putMeta(run, "shape", Schema.shape(yield* run(Schema.shapeQuery, [])))
        }
        if (from === 0) yield* Tables.putMeta(run, "id", yield* newId)
      }),
    )
  })
}

/** Fails if the tables differ from those that the journal describes. */
export const checkShape = (run: Run): Effect.Effect<void, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const shape = Schema.shape(yield* run(Schema.shapeQuery, []))
    if (shape !== (yield* Tables.meta(run, "shape"))) return yield* new Tables.RowDamaged({ what: "the schema" })
  })

const word = Effect.map(Random.nextIntBetween(0, 2 ** 48), (number) => number.toString(36))

/** Identifies the journal, including its copies. */
const newId = Effect.map(Effect.all([word, word]), (words) => words.join(""))
