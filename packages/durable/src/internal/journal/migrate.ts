/**
 * Brings the schema of a journal to the version of this program.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import type { Access, Run } from "./access.ts"
import * as Schema from "./schema.ts"
import * as Tables from "./tables.ts"

/** A newer version of the program created the journal. */
export class TooNew extends Data.TaggedError("TooNew")<{ readonly found: number; readonly known: number }> {}

type Failure = SqlError | TooNew | Tables.RowDamaged

const metaTable = {
  sqlite: "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'",
  pg: "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'",
}

/** Applies the missing migrations in one transaction. Writes nothing if the schema is current or too new. */
export const run = (access: Access): Effect.Effect<void, Failure> => {
  /** Returns the version of the schema, which is 0 for an empty database. */
  const version = (run: Run): Effect.Effect<number, Failure> =>
    run(metaTable[access.dialect], []).pipe(
      Effect.flatMap((rows) => (rows.length === 0 ? Effect.succeed("0") : Tables.meta(run, "schema"))),
      Effect.map(Number),
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
        for (const step of Schema.migrations(access.dialect).slice(from)) {
          for (const statement of step) yield* run(statement, [])
        }
        yield* Tables.putMeta(run, "schema", String(Schema.version))
      }),
    )
  })
}
