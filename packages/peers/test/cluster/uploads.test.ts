import { assert, describe, it } from "@effect/vitest"
import { Journal } from "@holdfast/durable"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer } from "effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Runners from "../../support/cluster/Runners.ts"
import * as Sink from "../../support/cluster/Sink.ts"
import { type Database, missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

const partBytes = 64 * 1024

/** Files of eight parts, in a folder that is removed with the scope. */
const files = (count: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-cluster-")))
      const made = Array.from({ length: count }, (_, n) => {
        const path = Path.join(folder, `A${n}.mov`)
        const content = randomBytes(8 * partBytes)
        Fs.writeFileSync(path, content)
        return { path, content }
      })
      return { folder, made }
    }),
    ({ folder }) => Effect.sync(() => Fs.rmSync(folder, { recursive: true, force: true })),
  ).pipe(Effect.map(({ made }) => made))

const journalOf = (database: Database) =>
  Layer.build(
    Layer.fresh(
      Journal.layerSql({ path: database.database }).pipe(Layer.provide(Layer.orDie(PgClient.layer(database)))),
    ),
  ).pipe(Effect.flatMap((context) => Effect.provideContext(Journal, context)))

const file = { bytes: 0, modifiedNs: "0", inode: "0" }

type State = UploadRecord["state"]

/** Waits until all uploads have a state. */
const until = (
  journal: Journal["Service"],
  seconds: number,
  holds: (records: ReadonlyArray<UploadRecord>) => boolean,
) =>
  Effect.gen(function* () {
    const end = Date.now() + seconds * 1000
    for (;;) {
      const records = yield* journal.list
      if (holds(records)) return records
      if (Date.now() > end) {
        const states = records.map(({ error, state }) => `${state} ${error?.message ?? ""}`)
        return assert.fail(`after ${seconds} s: ${states.join(", ")}`)
      }
      yield* Effect.sleep("100 millis")
    }
  })

const all =
  (...states: ReadonlyArray<State>) =>
  (records: ReadonlyArray<UploadRecord>) =>
    records.every(({ state }) => states.includes(state))

/** The parts that began to arrive after the journal had recorded their confirmation, and uploads whose stored bytes differ. */
const judge = (
  journal: Journal["Service"],
  sink: Sink.Sink,
  records: ReadonlyArray<UploadRecord>,
  made: ReadonlyArray<{ readonly path: string; readonly content: Buffer }>,
) =>
  Effect.gen(function* () {
    const sentAgain: Array<string> = []
    const different: Array<string> = []
    for (const { assetId = "", chunks = 0, id, path } of records) {
      for (const part of yield* journal.parts(id)) {
        if (part.state !== "confirmed") continue
        const late = sink.puts.filter(
          (put) => put.asset === assetId && put.part === part.index && put.startedAt > part.confirmedAt,
        )
        if (late.length > 0) sentAgain.push(`${assetId}/${part.index}`)
      }
      const content = made.find((found) => found.path === path)?.content ?? Buffer.alloc(1)
      if (!sink.content(assetId, chunks).equals(content)) different.push(path)
    }
    return { sentAgain, different }
  })

const clean = { sentAgain: [], different: [] }

describe.skipIf(missing !== undefined)(Peer.title("uploads of a cluster on PostgreSQL", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("are sent by one runner", () =>
      Effect.gen(function* () {
        const database = yield* Effect.flatMap(PostgresServer, (server) => server.database)
        const sink = yield* Sink.make({ latency: 20, partBytes })
        const made = yield* files(12)
        const journal = yield* journalOf(database)
        yield* journal.add(made.map(({ path }) => ({ path, file })))
        yield* Runners.start(database, sink)
        const records = yield* until(journal, 60, all("done"))
        assert.deepStrictEqual(yield* judge(journal, sink, records, made), clean)
        assert.strictEqual(sink.puts.length, 12 * 8)
        assert.strictEqual(sink.created.length, 12)
      }),
    )
  })
})
