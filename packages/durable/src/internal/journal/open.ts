/**
 * Opens the journal of a folder.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as ProcessLock from "@holdfast/oauth/ProcessLock"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as SqlClient from "effect/sql/SqlClient"
import * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { JournalTooNew, JournalUnreadable, JournalUnusable, JournalUnwritable } from "../../JournalError.ts"
import type { JournalError } from "../../JournalError.ts"
import * as Access from "./access.ts"
import * as Ballast from "./ballast.ts"
import * as Faults from "./faults.ts"
import * as Folder from "./folder.ts"
import * as Layer from "./layer.ts"
import * as Marks from "./marks.ts"
import * as Migrate from "./migrate.ts"
import * as OwnerSession from "./ownerSession.ts"
import * as Placement from "./placement.ts"
import * as Replace from "./recovery/replace.ts"
import * as Schema from "./schema.ts"
import * as Sqlite from "./sqlite.ts"
import { meaning } from "./systemFault.ts"
import type { JournalService, Opening } from "./types.ts"
import * as Verify from "./verify.ts"

const human = Verdict.never({ change: "human" })

/** The settings of each connection. `secure_delete` overwrites deleted upload URLs with zeros. */
const pragmas = `PRAGMA page_size = ${Schema.pageSize}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON`

/** Where a journal is kept. */
export interface Options {
  readonly directory: string
  readonly marks?: string | undefined
}

/** Opens the journal of a folder, and creates it if it is missing. A damaged journal is recovered. */
export const directory = (options: Options): Effect.Effect<JournalService, JournalError, Scope.Scope> =>
  Effect.gen(function* () {
    const directory = Path.resolve(options.directory)
    const marks = options.marks ?? Marks.defaultFolder()
    const files = Folder.files(directory)
    const path = files.journal
    const unusable = Folder.prepare(directory)
    if (unusable !== undefined) return yield* unusable
    const lock = exclusive(path, files.owner)
    const finished = Replace.isReplacing(path)
      ? yield* Effect.scoped(
          Effect.andThen(
            recovering(path, lock),
            attempt(path, () => Replace.finish(path)),
          ),
        )
      : undefined
    const { damaged, database, verified } = yield* Effect.catchTag(open(path, marks), "Damaged", ({ error }) =>
      recovered(path, marks, lock, error),
    )
    return yield* Layer.make({
      path,
      access: Access.make(database.sql, database.sync),
      damaged: damaged ?? finished,
      verified,
      replaced: () => database.replaced() || Replace.isReplacing(path),
      generation: database.generation,
      exclusive: lock,
      placement: Placement.make(path, marks),
      ballast: Ballast.make(files.ballast),
    })
  })

/** Opens the journal in the database of a client, and creates its tables if they are missing. */
export const database = (
  path: string,
): Effect.Effect<JournalService, JournalError, Scope.Scope | SqlClient.SqlClient> =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const access = Access.make(sql)
    const verified = yield* Migrate.run(access).pipe(
      Effect.andThen(access.snapshot((run) => Verify.journal(access, run))),
      Effect.mapError((error) => {
        if (error._tag === "RowDamaged") return Faults.damagedDatabase(path, error.what)
        return error._tag === "Foreign" ? Faults.foreign(path) : toError(path, error)
      }),
      Effect.catchTag("Damaged", ({ error }) => Effect.fail(error)),
    )
    return yield* Layer.make({
      path,
      access,
      damaged: undefined,
      verified,
      replaced: () => false,
      generation: () => 1,
      exclusive: access.dialect === "pg" ? OwnerSession.acquire(path, sql) : Effect.succeed(OwnerSession.nothing),
      placement: Placement.anywhere,
      ballast: Ballast.none,
    })
  })

/** The journal is damaged. */
class Damaged extends Data.TaggedError("Damaged")<{ readonly error: JournalError }> {}

interface Opened {
  readonly damaged: Opening["damaged"]
  readonly verified: Verify.Verified
  readonly database: Sqlite.Database
}

/** Opens and checks the journal. Closes the journal again if it is damaged. */
const open = (path: string, marks: string): Effect.Effect<Opened, JournalError | Damaged, Scope.Scope> =>
  Effect.gen(function* () {
    if (isCutOff(path, marks)) return yield* new Damaged({ error: Faults.damaged(path, "the file") })
    const scope = yield* Effect.flatMap(Effect.scope, (parent) => Scope.fork(parent))
    const checked = Effect.gen(function* () {
      const database = yield* Sqlite.open({ file: path, pragmas, syncsLater: true })
      const access = Access.make(database.sql, database.sync)
      yield* Migrate.run(access)
      const verified = yield* access.read((run) => Verify.journal(access, run))
      return { database, damaged: undefined, verified }
    })
    return yield* Scope.provide(checked, scope).pipe(
      Effect.mapError((error): JournalError | Damaged => toError(path, error)),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
    )
  })

const toError = (path: string, error: Effect.Error<ReturnType<typeof Migrate.run>>): JournalError | Damaged => {
  switch (error._tag) {
    case "TooNew":
      return new JournalTooNew({
        verdict: human,
        path,
        detail: `its version is ${error.found}, and this program knows versions up to ${error.known}`,
        action: "update Holdfast",
      })
    case "Foreign":
      return new Damaged({ error: Faults.damaged(path, "the schema") })
    case "RowDamaged":
      return new Damaged({ error: Faults.damaged(path, error.what) })
    case "SqlError":
      return Faults.isDamage(error)
        ? new Damaged({ error: Faults.unreadable(path)(error) })
        : Faults.unwritable(path)(error)
  }
}

/**
 * Whether the content of the file is gone. SQLite would treat a file without a complete page as a new database, and would
 * delete its WAL.
 */
const isCutOff = (path: string, marks: string): boolean => {
  const bytes = (file: string) => Fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  const content = bytes(path)
  return content === 0 ? bytes(`${path}-wal`) > 0 || Marks.byPath(marks, path) !== undefined : content < Schema.pageSize
}

/** Recovers the journal, unless another process does so first. */
const recovered = (
  path: string,
  marks: string,
  lock: Effect.Effect<unknown, JournalError, Scope.Scope>,
  damage: JournalError,
): Effect.Effect<Opened, JournalError, Scope.Scope> =>
  Effect.gen(function* () {
    const report = yield* Effect.scoped(
      Effect.gen(function* () {
        yield* recovering(path, lock)
        const still = yield* Effect.flip(Effect.scoped(open(path, marks))).pipe(Effect.option)
        if (still._tag === "None") return undefined
        if (still.value._tag !== "Damaged") return yield* Effect.fail(still.value)
        const mark = Marks.byPath(marks, path)
        const time = new Date(yield* Clock.currentTimeMillis).toISOString().replace(/[:.]/g, "-")
        const known = { epoch: mark?.epoch ?? 0, uploads: mark?.uploads ?? 0, id: mark?.id }
        return yield* attempt(path, () => Replace.recover(path, time, known))
      }),
    )
    const opened = yield* Effect.catchTag(open(path, marks), "Damaged", () => Effect.fail(damage))
    return { ...opened, damaged: report }
  })

/** Holds the lock of the owner while the journal is replaced. */
const recovering = (path: string, lock: Effect.Effect<unknown, JournalError, Scope.Scope>) =>
  Effect.catchTag(lock, "JournalOwned", () =>
    Effect.fail(
      new JournalUnreadable({
        verdict: Verdict.always(),
        path,
        detail: "the file is damaged, and another process is using it",
        action: "stop the other process, then run this program again, which recovers the readable records",
      }),
    ),
  )

const attempt = <A>(path: string, run: () => A): Effect.Effect<A, JournalUnwritable> =>
  Effect.try({
    try: run,
    catch: (error) => new JournalUnwritable({ verdict: human, path, ...meaning(error), cause: error }),
  })

/** Holds the operating system's lock on the queue until the scope closes. */
const exclusive = (path: string, lock: string): Effect.Effect<OwnerSession.Keep, JournalError, Scope.Scope> =>
  Effect.acquireRelease(
    ProcessLock.tryAcquire(lock).pipe(
      Effect.mapError(({ action, detail, verdict }) => new JournalUnusable({ verdict, path: lock, detail, action })),
      Effect.flatMap((held) => (held === undefined ? Effect.fail(Faults.owned(path)) : Effect.succeed(held))),
    ),
    ({ release }) => release,
  ).pipe(Effect.as(OwnerSession.nothing))
