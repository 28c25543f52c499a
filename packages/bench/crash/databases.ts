/**
 * The databases of a throw-away PostgreSQL for uploads whose journal is there.
 */
import { Effect, ManagedRuntime, Redacted } from "effect"
import { type Database, missing, PostgresServer } from "../../peers/support/postgres/PostgresServer.ts"

export interface Databases {
  /** Creates an empty database. */
  readonly create: () => Promise<Database>
  readonly execute: (database: Database, statement: string) => Promise<unknown>
  readonly end: () => Promise<void>
}

/** Starts the server. Throws if PostgreSQL is missing. */
export const start = async (): Promise<Databases> => {
  if (missing !== undefined) throw new Error(missing)
  const runtime = ManagedRuntime.make(PostgresServer.layer)
  const server = await runtime.runPromise(PostgresServer)
  return {
    create: () => runtime.runPromise(server.database),
    execute: (database, statement) => runtime.runPromise(Effect.asVoid(server.execute(database, statement))),
    end: () => runtime.dispose(),
  }
}

/** The address that names a database to a program. */
export const url = ({ database, host, password, port, username }: Database): string =>
  `postgres://${username}:${Redacted.value(password)}@${host}:${port}/${database}`
