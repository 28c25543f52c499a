import { assert, describe, it } from "@effect/vitest"
import type { Journal } from "@holdfast/durable"
import { Effect, Fiber, Schedule } from "effect"
import * as Journals from "../../../durable/test/support/journals.ts"
import * as JournalPlace from "../../support/postgres/journalPlace.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Relay from "../../support/postgres/Relay.ts"
import * as Peer from "../../support/processes/Peer.ts"

/** Waits for a row of a statement. */
const row = ({ query }: JournalPlace.PostgresPlace, statement: string) =>
  query(statement).pipe(
    Effect.flatMap(([found]) => (found === undefined ? Effect.fail("no row") : Effect.succeed(found))),
    Effect.retry(Schedule.spaced("20 millis")),
    Effect.timeout("20 seconds"),
  )

/** Waits until a session waits for an event, ends the session, and returns after it has ended. */
const endSessionAt = (place: JournalPlace.PostgresPlace, event: string, before: Effect.Effect<unknown>) =>
  Effect.gen(function* () {
    const waiting = `FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '${event}'`
    yield* row(place, `SELECT 1 ${waiting}`)
    yield* before
    yield* place.query(`SELECT pg_terminate_backend(pid, 10000) ${waiting}`)
  })

/** Three changes of one upload, which a second application would repeat or contradict. */
const changes = (id: string) =>
  [
    { _tag: "Failed", id, error: Journals.error },
    { _tag: "Requeued", id, fresh: false, createAgain: false },
    { _tag: "Event", id, kind: "note", detail: "once" },
  ] as const

/** Whether the changes were applied exactly once. */
const appliedOnce = (journal: Journal["Service"], id: string) =>
  Effect.gen(function* () {
    assert.deepInclude(yield* journal.get(id), { failures: 1, state: "queued" })
    assert.deepStrictEqual(
      (yield* journal.events(id)).map(({ kind }) => kind),
      ["Failed", "Requeued", "note"],
    )
  })

/** Waits for the lock of the owner, which the journal takes again within a few seconds. */
const ownerLock = (place: JournalPlace.PostgresPlace) =>
  row(
    place,
    `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted
      AND datname = current_database() AND state = 'idle'`,
  )

describe.skipIf(missing !== undefined)(Peer.title("the journal after a lost connection to PostgreSQL", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("repeats a transaction whose COMMIT was not carried out", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            // The COMMIT sleeps as long as the table `trap` has a row.
            yield* place.execute("CREATE TABLE trap AS SELECT 1 AS set")
            yield* place.execute(`CREATE FUNCTION sleep() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN IF EXISTS (SELECT FROM trap) THEN PERFORM pg_sleep(60); END IF; RETURN NULL; END'`)
            yield* place.execute(`CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
              FOR EACH ROW EXECUTE FUNCTION sleep()`)
            const writing = yield* Effect.forkChild(write(...changes(id)))
            yield* endSessionAt(place, "PgSleep", place.execute("DELETE FROM trap"))
            yield* Fiber.join(writing)
            yield* appliedOnce(journal, id)
          }),
        )
      }),
    )

    it.effect("reads back a transaction whose COMMIT was carried out without an answer", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            // The server has committed the transaction, and waits for a standby before it answers.
            yield* place.execute("ALTER SYSTEM SET synchronous_standby_names = 'absent'")
            yield* place.execute("SELECT pg_reload_conf()")
            yield* Effect.sleep("500 millis")
            const writing = yield* Effect.forkChild(write(...changes(id)))
            yield* endSessionAt(place, "SyncRep", Effect.void)
            yield* place.execute("ALTER SYSTEM RESET synchronous_standby_names")
            yield* place.execute("SELECT pg_reload_conf()")
            yield* Fiber.join(writing)
            yield* appliedOnce(journal, id)
          }),
        )
      }),
    )

    it.effect("applies each change once, and remains the owner, if its sessions end again and again", () =>
      Effect.gen(function* () {
        const place = yield* JournalPlace.make
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            yield* write({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 400, chunkSize: 50 })
            const writing = yield* Effect.forkChild(
              Effect.forEach(
                Array.from({ length: 400 }, (_, index) => index),
                (index) => write({ _tag: "PartConfirmed", id, part: Journals.part(index) }),
                { concurrency: 4, discard: true },
              ),
            )
            yield* place.disconnect.pipe(Effect.delay("30 millis"), Effect.repeat({ times: 20 }))
            yield* Fiber.join(writing)
            assert.strictEqual((yield* journal.get(id))?.confirmed, 400 * 50)
            assert.strictEqual((yield* journal.parts(id)).length, 400)
            yield* ownerLock(place)
            assert.strictEqual((yield* place.using(({ own }) => Effect.flip(own)))._tag, "JournalOwned")
            yield* write({ _tag: "Done", id })
          }),
        )
      }),
    )

    it.effect("continues on other connections if the present ones have gone silent", () =>
      Effect.gen(function* () {
        let silence: Effect.Effect<number> = Effect.succeed(0)
        const place = yield* JournalPlace.through((port) =>
          Effect.map(Relay.make(port), (relay) => {
            silence = relay.silence
            return relay.port
          }),
        )
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { write } = yield* journal.own
            assert.isAbove(yield* silence, 0)
            yield* write(...changes(id))
            yield* appliedOnce(journal, id)
          }),
        )
      }),
    )

    it.effect("loses nothing that it confirmed, and continues, if the database is killed and comes back", () =>
      Effect.gen(function* () {
        const server = yield* PostgresServer
        const place = yield* JournalPlace.make
        yield* place.using((journal) =>
          Effect.gen(function* () {
            const [added] = yield* journal.add([Journals.upload("/a")])
            const id = added?.id ?? ""
            const { epoch, write } = yield* journal.own
            yield* write({ _tag: "Created", id, asset: Journals.asset("one"), chunks: 400, chunkSize: 50 })
            const confirmed = new Set<number>()
            const writing = yield* Effect.forkChild(
              Effect.forEach(
                Array.from({ length: 400 }, (_, index) => index),
                (index) =>
                  Effect.map(write({ _tag: "PartConfirmed", id, part: Journals.part(index) }), () =>
                    confirmed.add(index),
                  ),
                { concurrency: 4, discard: true },
              ),
            )
            while (confirmed.size < 50) yield* Effect.sleep("1 millis")
            yield* server.crash
            const kept = new Set(confirmed)
            assert.isBelow(kept.size, 400)
            yield* Effect.sleep("1 second")
            yield* server.restart
            const found = new Set((yield* journal.parts(id)).map(({ index }) => index))
            assert.deepStrictEqual(
              [...kept].filter((index) => !found.has(index)),
              [],
            )
            yield* Fiber.join(writing)
            assert.strictEqual((yield* journal.parts(id)).length, 400)
            yield* ownerLock(place)
            assert.strictEqual((yield* place.using(({ own }) => Effect.flip(own)))._tag, "JournalOwned")
            yield* write({ _tag: "Done", id })
            return epoch
          }),
        )
      }),
    )
  })
})
