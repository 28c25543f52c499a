/**
 * Examines a journal without changing it, for diagnosis.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as Access from "./internal/journal/access.ts"
import * as Faults from "./internal/journal/faults.ts"
import * as Folder from "./internal/journal/folder.ts"
import * as Schema from "./internal/journal/schema.ts"
import * as Sqlite from "./internal/journal/sqlite.ts"
import * as Tables from "./internal/journal/tables.ts"
import * as Verify from "./internal/journal/verify.ts"
import { JournalTooNew } from "./JournalError.ts"
import type { JournalError } from "./JournalError.ts"
import type { UploadState } from "./UploadRecord.ts"

/** The state of a journal. */
export interface JournalInspection {
  readonly path: string
  /** The size of the database and of its write-ahead log. */
  readonly bytes: number
  /** What is damaged, or `undefined` if the file and every record are intact. */
  readonly damage: string | undefined
  /** The number of parts whose records are damaged. These parts are sent again. */
  readonly damagedParts: number
  /** The number of uploads in each state. States that no upload has are omitted. */
  readonly states: { readonly [State in UploadState]?: number }
  /** The file whose lock the owner of the queue holds. */
  readonly ownerFile: string
  /**
   * When the last owner took over the queue, in epoch milliseconds, or `undefined` if that owner shut down cleanly. A killed
   * owner leaves this value too, so it does not prove that an owner is running.
   */
  readonly ownedSince: number | undefined
}

/**
 * Examines the journal of a folder, or returns `undefined` if the folder does not contain a journal.
 *
 * **Details**
 *
 * `Journal.layer` would set a damaged journal aside. This function only reads the journal, and reports damage instead of
 * repairing it.
 */
export const inspect = (directory: string): Effect.Effect<JournalInspection | undefined, JournalError> =>
  Effect.gen(function* () {
    const { journal: path, owner: ownerFile } = Folder.files(Path.resolve(directory))
    const bytes = yield* Effect.map(Effect.all([sizeOf(path), sizeOf(`${path}-wal`)]), ([own, log]) =>
      own === undefined ? undefined : own + (log ?? 0),
    )
    // A journal that was created but never written is empty.
    if (bytes === undefined || bytes === 0) return undefined
    const found = (damage: string | undefined): JournalInspection => ({
      path,
      bytes,
      damage,
      damagedParts: 0,
      states: {},
      ownerFile,
      ownedSince: undefined,
    })
    return yield* examine(path).pipe(
      Effect.map((read) => ({ ...found(undefined), ...read })),
      Effect.catchTag("RowDamaged", ({ what }) => Effect.succeed(found(what))),
      Effect.catchTag("SqlError", (error) =>
        Faults.kind(error) === "damaged"
          ? Effect.succeed(found("the structure of the file"))
          : Effect.fail(Faults.unreadable(path)(error)),
      ),
    )
  })

const sizeOf = (path: string) =>
  Effect.promise(async () => {
    try {
      return (await Fs.stat(path)).size
    } catch {
      return undefined
    }
  })

const examine = (path: string) =>
  Effect.gen(function* () {
    const { sql } = yield* Sqlite.open({ file: path, readOnly: true, pragmas: "PRAGMA query_only = ON" })
    const access = Access.make(sql)
    return yield* access.read((run) =>
      Effect.gen(function* () {
        const version = Number(yield* Tables.meta(run, "schema"))
        if (version > Schema.version) return yield* tooNew(path, version)
        const { damagedParts, records } = yield* Verify.journal(access, (query, values) =>
          run(Schema.asOf(version, query), values),
        )
        const states: { [State in UploadState]?: number } = {}
        for (const { state } of records) states[state] = (states[state] ?? 0) + 1
        const lease = yield* Tables.lease(run, "queue")
        const ownedSince = lease === undefined || lease.released ? undefined : lease.since
        return { states, damagedParts, ownedSince }
      }),
    )
  }).pipe(Effect.scoped)

const tooNew = (path: string, version: number) =>
  new JournalTooNew({
    verdict: Verdict.never({ change: "human" }),
    path,
    detail: `its version is ${version}, and this program knows versions up to ${Schema.version}`,
    action: "update Holdfast",
  })
