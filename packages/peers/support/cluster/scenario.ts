/**
 * Uploads of a cluster that the tests wait for and judge.
 */
import { PgClient } from "@effect/sql-pg"
import { Journal } from "@holdfast/durable"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Effect, Layer } from "effect"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { assert } from "vitest"
import type { Database } from "../postgres/PostgresServer.ts"
import type * as Sink from "./Sink.ts"

export const partBytes = 64 * 1024

/** Files of eight parts, in a folder that is removed with the scope. */
export const files = (count: number) =>
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

export const journalOf = (database: Database) =>
  Layer.build(
    Layer.fresh(
      Journal.layerSql({ path: database.database }).pipe(Layer.provide(Layer.orDie(PgClient.layer(database)))),
    ),
  ).pipe(Effect.flatMap((context) => Effect.provideContext(Journal, context)))

export const file = { bytes: 0, modifiedNs: "0", inode: "0" }

type State = UploadRecord["state"]

/** Waits until all uploads have a state. */
export const until = (
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

export const all =
  (...states: ReadonlyArray<State>) =>
  (records: ReadonlyArray<UploadRecord>) =>
    records.every(({ state }) => states.includes(state))

/** The parts that began to arrive after the journal had recorded their confirmation, and uploads whose stored bytes differ. */
export const judge = (
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

/** The parts that some runner has begun and that are not confirmed. */
export const begun = (journal: Journal["Service"]) =>
  Effect.gen(function* () {
    const parts: Array<string> = []
    for (const { assetId = "", id } of yield* journal.list) {
      for (const { index, state } of yield* journal.parts(id))
        if (state === "sending") parts.push(`${assetId}/${index}`)
    }
    return new Set(parts)
  })

export const clean = { sentAgain: [], different: [] }
