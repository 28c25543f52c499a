import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import { Effect, Layer, Redacted } from "effect"
import * as Journals from "../../../durable/test/support/journals.ts"
import * as JournalPlace from "../../support/postgres/journalPlace.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

/** Returns the error of opening a journal, and of becoming its owner. */
const failure = (settings: PgClient.PgPoolConfig) =>
  Effect.flatMap(Journal, ({ own }) => own).pipe(
    Effect.scoped,
    Effect.provide(
      Journal.layerSql({ path: "the database" }).pipe(Layer.provide(Layer.orDie(PgClient.layer(settings)))),
      { local: true },
    ),
    Effect.flip,
  )

describe.skipIf(missing !== undefined)(Peer.title("a journal on PostgreSQL that cannot be used", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("is rejected at once if no server answers, or the password is wrong", () =>
      Effect.gen(function* () {
        const { database } = yield* JournalPlace.make
        const [port = 0] = yield* Effect.promise(() => Peer.freePorts(1))
        const unreachable = yield* failure({ ...database, port })
        assert.deepInclude(unreachable, { detail: "the connection to the database failed" })
        assert.strictEqual(unreachable.verdict.retry, "always")
        const wrong = yield* failure({ ...database, password: Redacted.make("wrong-secret") })
        assert.include(wrong.message, "password authentication failed")
        assert.notInclude(`${wrong.message} ${wrong.action}`, "wrong-secret")
      }),
    )

    it.effect("is rejected if the client has a single connection, which the lock of the owner needs", () =>
      Effect.gen(function* () {
        const { database } = yield* JournalPlace.make
        const error = yield* failure({ ...database, maxConnections: 1 })
        assert.deepInclude(error, {
          _tag: "JournalUnusable",
          action: "let the client open at least 3 connections",
        })
      }),
    )

    it.effect("is rejected if the schema contains another program's tables, or the user may not create tables", () =>
      Effect.gen(function* () {
        for (const table of ["meta (name TEXT, value TEXT)", "meta (name TEXT, content TEXT)", "event (at INT)"]) {
          const place = yield* JournalPlace.make
          yield* place.execute(`CREATE TABLE ${table}`)
          const error = yield* failure(place.database)
          assert.include(
            error.message,
            "its tables are missing, or another program's tables have the same names",
            table,
          )
          assert.include(error.action, "search_path")
          // The schema of the journal may lie in the same database.
          yield* place.execute("CREATE SCHEMA queue")
          const own = { ...place.database, startupParameters: { search_path: "queue" } }
          yield* Effect.flatMap(Journal, (journal) => journal.add([Journals.upload("/a")])).pipe(
            Effect.provide(Journal.layerSql({ path: "queue" }).pipe(Layer.provide(PgClient.layer(own))), {
              local: true,
            }),
          )
        }
        const { database, execute } = yield* JournalPlace.make
        yield* execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
        const denied = yield* failure({ ...database, username: "guest", password: Redacted.make("guest") })
        assert.include(denied.message, "the user of the database lacks a permission")
      }),
    )

    it.effect("is rejected, and not changed, if the record of an upload is damaged", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        yield* place.using((journal) => journal.add([Journals.upload("/a")]))
        yield* place.execute("UPDATE upload SET bytes = bytes + 1")
        const before = yield* place.query("SELECT * FROM upload")
        const error = yield* failure(place.database)
        assert.strictEqual(error._tag, "JournalUnreadable")
        assert.include(error.message, "the record of an upload is damaged")
        assert.include(error.action, "backup")
        assert.deepStrictEqual(yield* place.query("SELECT * FROM upload"), before)
      }),
    )
  })
})
