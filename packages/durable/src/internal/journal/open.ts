/**
 * Opens the journal of a folder.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as ProcessLock from "@holdfast/oauth/ProcessLock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Path from "node:path"
import { JournalOwned, JournalTooNew, JournalUnusable } from "../../JournalError.ts"
import type { JournalError } from "../../JournalError.ts"
import * as Access from "./access.ts"
import * as Faults from "./faults.ts"
import * as Folder from "./folder.ts"
import * as Layer from "./layer.ts"
import * as Migrate from "./migrate.ts"
import * as Sqlite from "./sqlite.ts"
import type { JournalService } from "./types.ts"

const human = Verdict.never({ change: "human" })

/** The settings of each connection. `secure_delete` overwrites deleted upload URLs with zeros. */
const pragmas =
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON"

/** Opens the journal of a folder, and creates it if it is missing. */
export const directory = (folder: string): Effect.Effect<JournalService, JournalError, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = Path.resolve(folder)
    const { journal: path, owner } = Folder.files(directory)
    const unusable = Folder.prepare(directory)
    if (unusable !== undefined) return yield* unusable
    const database = yield* Effect.mapError(Sqlite.open({ file: path, pragmas }), Faults.unreadable(path))
    yield* migrate(path, Access.make(database.sql))
    return yield* Layer.make({
      path,
      sql: database.sql,
      opening: { damaged: undefined, damagedParts: 0 },
      replaced: database.replaced,
      exclusive: exclusive(path, owner),
    })
  })

/** Brings the schema to the version of this program. */
export const migrate = (path: string, access: Access.Access): Effect.Effect<void, JournalError> =>
  Effect.mapError(Migrate.run(access), (error): JournalError => {
    switch (error._tag) {
      case "TooNew":
        return new JournalTooNew({
          verdict: human,
          path,
          detail: `its version is ${error.found}, and this program knows versions up to ${error.known}`,
          action: "update Holdfast",
        })
      case "RowDamaged":
        return Faults.damaged(path, error.what)
      case "SqlError":
        return Faults.unwritable(path)(error)
    }
  })

/** Holds the operating system's lock on the queue until the scope closes. */
const exclusive = (path: string, lock: string): Effect.Effect<void, JournalError, Scope.Scope> =>
  Effect.acquireRelease(
    ProcessLock.tryAcquire(lock).pipe(
      Effect.mapError(({ action, detail, verdict }) => new JournalUnusable({ verdict, path: lock, detail, action })),
      Effect.flatMap((held) =>
        held === undefined
          ? Effect.fail(
              new JournalOwned({
                verdict: Verdict.always(),
                path,
                detail: "the queue has one owner at a time",
                action: "wait until the other process has finished, or stop it",
              }),
            )
          : Effect.succeed(held),
      ),
    ),
    ({ release }) => release,
  ).pipe(Effect.asVoid)
