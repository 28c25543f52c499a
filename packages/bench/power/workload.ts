/**
 * A process that writes to a journal as uploads do, and notes what it asks for and what is confirmed. Arguments: the folder of
 * the journal, the number of files, `FULL` for the journal as programs use it or the value of `synchronous` of a control, and
 * where to write the notes (`-` for the standard output).
 */
import { Journal } from "@holdfast/durable"
import type { Change } from "@holdfast/durable/Journal"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Sqlite from "../../durable/src/internal/journal/sqlite.ts"

const [directory = "", files = "4", synchronous = "FULL", notes = "-"] = process.argv.slice(2)
const parts = 6
let output = notes === "-" ? 1 : undefined
const note = (mark: "?" | "!", facts: ReadonlyArray<string>) =>
  Effect.sync(() =>
    Fs.writeSync((output ??= Fs.openSync(notes, "a", 0o600)), facts.map((fact) => `${mark}${fact}\n`).join("")),
  )

/** Runs a write between the notes that it is asked for and that it is confirmed. */
const noting = <A, E, R>(facts: ReadonlyArray<string>, write: Effect.Effect<A, E, R>) =>
  note("?", facts).pipe(
    Effect.andThen(write),
    Effect.tap(() => note("!", facts)),
  )

const upload = (
  journal: Journal["Service"],
  write: (...changes: ReadonlyArray<Change>) => Effect.Effect<void, unknown>,
  n: number,
) =>
  Effect.gen(function* () {
    const path = `/media/${n}.mov`
    const file = { bytes: parts * 1000, modifiedNs: String(n), inode: String(n) }
    const [added] = yield* noting([`added ${path}`], journal.add([{ path, file }]))
    const id = added?.id ?? ""
    yield* noting([`creating ${path}`], write({ _tag: "Creating", id, file }))
    const asset = {
      assetId: `asset-${n}`,
      uploadUrls: Array.from({ length: parts }, (_, part) =>
        Redacted.make(`https://storage/${n}/${part}?signature=${"s".repeat(300)}`),
      ),
      filetype: "video/quicktime",
      serverTime: 0,
      file,
    }
    yield* noting([`created ${path} asset-${n}`], write({ _tag: "Created", id, asset, chunks: parts, chunkSize: 1000 }))
    yield* Effect.forEach(
      Array.from({ length: parts }, (_, index) => ({ index, offset: index * 1000, length: 1000 })),
      (chunk) =>
        Effect.andThen(
          noting([`begun ${path} ${chunk.index}`], write({ _tag: "PartSending", id, chunk })),
          noting(
            [`part ${path} ${chunk.index} ${n}-${chunk.index}`],
            write({ _tag: "PartConfirmed", id, part: { ...chunk, md5: `${n}-${chunk.index}`, proof: "md5" } }),
          ),
        ),
      { concurrency: 3, discard: true },
    )
    if (n % 4 !== 3) yield* noting([`done ${path}`], write({ _tag: "Done", id }))
  })

/** The journal as programs use it, or without syncs, as the control. */
const layer =
  synchronous === "FULL"
    ? Journal.layer({ directory, marks: Path.join(directory, "..", "cache") })
    : Journal.layerSql({ path: directory }).pipe(
        Layer.provide(
          Layer.effect(
            SqlClient.SqlClient,
            Effect.suspend(() => {
              Fs.mkdirSync(directory, { mode: 0o700 })
              Fs.closeSync(Fs.openSync(Path.join(directory, "journal.db"), "wx", 0o600))
              const pragmas = `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA wal_autocheckpoint = 20`
              return Effect.map(Sqlite.open({ file: Path.join(directory, "journal.db"), pragmas }), ({ sql }) => sql)
            }),
          ),
        ),
      )

await Effect.runPromise(
  Effect.gen(function* () {
    const journal = yield* Journal
    const { write } = yield* journal.own
    yield* Effect.forEach(
      Array.from({ length: Number(files) }, (_, n) => n),
      (n) => upload(journal, write, n),
      {
        concurrency: 3,
        discard: true,
      },
    )
  }).pipe(Effect.scoped, Effect.provide(layer)),
)
