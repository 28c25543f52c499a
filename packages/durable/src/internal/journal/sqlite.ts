/**
 * Implements `SqlClient` with `node:sqlite`.
 */
import { loadSqlite } from "@holdfast/oauth/ProcessLock"
import * as Effect from "effect/Effect"
import { layer as reactivity } from "effect/reactivity/Reactivity"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as SqlClient from "effect/sql/SqlClient"
import type { Connection } from "effect/sql/SqlConnection"
import { classifySqliteError, SqlError, UnknownError } from "effect/sql/SqlError"
import * as Statement from "effect/sql/Statement"
import * as Fs from "node:fs"
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import * as WalSync from "./walSync.ts"

/** How a database file is opened. */
export interface Options {
  readonly file: string
  readonly readOnly?: boolean | undefined
  /** The pragmas that run on each new connection. */
  readonly pragmas: string
  /** Whether COMMIT leaves the sync of the WAL to `sync`. Default: false. */
  readonly syncsLater?: boolean | undefined
}

/** A database file, with the client that reads and writes it. */
export interface Database {
  readonly sql: SqlClient.SqlClient
  /** With `syncsLater`, waits until all transactions that were committed before are on the disk. */
  readonly sync: Effect.Effect<void, SqlError>
  /** Whether the path no longer names the file that the last statement used, because the file was replaced or removed. */
  readonly replaced: () => boolean
  /** The number of times that the file was opened. */
  readonly generation: () => number
}

/** The time in milliseconds that SQLite may block the event loop while it waits for another process. */
const blocking = 20

interface Opened {
  readonly inode: bigint
  readonly connection: Connection
  readonly database: DatabaseSync
  readonly wal: WalSync.WalSync | undefined
}

/**
 * Opens a database file, and closes it with the scope.
 *
 * **Details**
 *
 * If the file is replaced, for example because another process recovered a damaged journal, the next statement opens the new
 * file. If the file is removed, the next statement fails, because a write would be lost.
 */
export const open = (options: Options): Effect.Effect<Database, SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    let generation = 1
    let current: Opened = yield* Effect.try({ try: () => connect(options), catch: failure("open") })
    yield* Effect.addFinalizer(() => Effect.sync(() => close(current)))
    const replaced = () => inode(options.file) !== current.inode
    const connection = Effect.try({
      try: () => {
        if (!replaced()) return current.connection
        if (inode(options.file) === undefined) throw removed
        const next = connect(options)
        close(current)
        current = next
        generation++
        return next.connection
      },
      catch: failure("open"),
    })
    const isTransaction = () => current.database.isTransaction
    const sql = yield* SqlClient.make({
      ...SqlClient.makeSqliteAcquirers({ connection, semaphore: yield* Semaphore.make(1), isTransaction }),
      isTransaction,
      compiler: Statement.makeCompilerSqlite(),
      driver: "node:sqlite",
      beginTransaction: "BEGIN IMMEDIATE",
      spanAttributes: [],
    }).pipe(Effect.provide(reactivity))
    const sync = Effect.suspend(() => current.wal?.sync ?? Effect.void)
    return { sql, sync, replaced, generation: () => generation }
  })

const removed = Object.assign(new Error("the file was removed"), { errcode: 14 })

const inode = (file: string): bigint | undefined => Fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino

const connect = (options: Options): Opened => {
  const sqlite = loadSqlite()
  if (sqlite === undefined) throw new Error("this build of Node.js has no node:sqlite")
  const database = new sqlite.DatabaseSync(options.file, { readOnly: options.readOnly ?? false, timeout: blocking })
  try {
    database.exec(options.pragmas)
    const wal = options.syncsLater === true ? WalSync.make(database, options.file, failure("sync")) : undefined
    return { inode: inode(options.file) ?? -1n, database, connection: connectionOf(database), wal }
  } catch (error) {
    database.close()
    throw error
  }
}

/** Does nothing if the database is already closed. */
const close = ({ database, wal }: Opened) => {
  wal?.close()
  if (database.isOpen) database.close()
}

const connectionOf = (database: DatabaseSync): Connection => {
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    const found = prepared.get(text)
    if (found !== undefined) return found
    const made = database.prepare(text)
    prepared.set(text, made)
    return made
  }
  const rows = (text: string, params: ReadonlyArray<unknown>) => {
    const statement = prepare(text)
    statement.setReturnArrays(false)
    return statement.all(...params.map(input))
  }
  const values = (text: string, params: ReadonlyArray<unknown>): ReadonlyArray<ReadonlyArray<unknown>> => {
    const statement = prepare(text)
    statement.setReturnArrays(true)
    // With `setReturnArrays`, each row is an array, which the types of Node do not express.
    return statement.all(...params.map(input)) as unknown as ReadonlyArray<ReadonlyArray<unknown>>
  }
  const unprepared = (text: string, params: ReadonlyArray<unknown>) => {
    if (params.length > 0) return rows(text, params)
    database.exec(text)
    return []
  }
  const run =
    <A>(use: (text: string, params: ReadonlyArray<unknown>) => A) =>
    (text: string, params: ReadonlyArray<unknown>) =>
      Effect.try({ try: () => use(text, params), catch: failure("execute") })
  return {
    execute: (text, params, transform) =>
      Effect.map(run(rows)(text, params), (found) => (transform === undefined ? found : transform(found))),
    executeRaw: run(rows),
    executeStream: () => Stream.die("node:sqlite does not stream"),
    executeValues: run(values),
    executeValuesUnprepared: run(values),
    executeUnprepared: (text, params, transform) =>
      Effect.map(run(unprepared)(text, params), (found) => (transform === undefined ? found : transform(found))),
  }
}

const input = (value: unknown): SQLInputValue =>
  typeof value === "boolean" ? (value ? 1 : 0) : value instanceof Date ? value.getTime() : (value as SQLInputValue)

const failure =
  (operation: string) =>
  (error: unknown): SqlError => {
    // Effect reads SQLite's result code from `errno`, but `node:sqlite` sets `errcode`.
    if (error instanceof Error && "errcode" in error && !("errno" in error)) {
      Object.assign(error, { errno: error.errcode })
    }
    const message = error instanceof Error ? error.message : "SQLite failed"
    return new SqlError({
      reason:
        error instanceof Error && "errcode" in error
          ? classifySqliteError(error, { message, operation })
          : new UnknownError({ cause: error, message, operation }),
    })
  }
