/**
 * Keeps the state of all uploads on disk, so that a later process can continue them.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type * as SqlClient from "effect/sql/SqlClient"
import * as Open from "./internal/journal/open.ts"
import type { JournalService } from "./internal/journal/types.ts"
import type { JournalError } from "./JournalError.ts"

export type { Change, JournalService, Opening, Owner } from "./internal/journal/types.ts"

/** Keeps the state of all uploads on disk. */
export class Journal extends Context.Service<Journal, JournalService>()("@holdfast/durable/Journal") {
  /**
   * Keeps the journal in a folder on a local disk, in an SQLite database.
   *
   * **Details**
   *
   * The folder is created with mode 0700 if it is missing. The journal contains upload URLs, so a folder that other users can
   * access is rejected. A network share is rejected because its locks and syncs are not reliable. `marks` is the folder for
   * state that must survive if an older copy of the journal is restored. The default is the `holdfast/journals` folder in the
   * user's cache directory.
   */
  static readonly layer = (options: {
    readonly directory: string
    readonly marks?: string | undefined
  }): Layer.Layer<Journal, JournalError> => Layer.effect(Journal, Open.directory(options))

  /**
   * Keeps the journal in the database of a `SqlClient`, which may be SQLite or PostgreSQL 14 or newer.
   *
   * **Details**
   *
   * The tables are created if they are missing, so the journal needs a schema of its own. `path` names the database in
   * messages. On PostgreSQL, an advisory lock of a session keeps the queue for one owner. The server ends the session of an
   * owner that sends nothing for 8 s. The client needs at least 3 connections, one of which holds the lock.
   *
   * **Gotchas**
   *
   * On SQLite, a new owner takes over immediately: the writes of the earlier owner fail with `JournalFenced`. A proxy that
   * pools transactions, such as PgBouncer by default, does not keep the lock.
   */
  static readonly layerSql = (options: {
    readonly path: string
  }): Layer.Layer<Journal, JournalError, SqlClient.SqlClient> => Layer.effect(Journal, Open.database(options.path))
}
