/**
 * The databases of a throw-away PostgreSQL, which can be killed and started again.
 */
import { ManagedRuntime, Redacted } from "effect"
import { type Database, missing, PostgresServer } from "../../peers/support/postgres/PostgresServer.ts"

export interface Databases {
  /** Creates an empty database. */
  readonly create: () => Promise<Database>
  /** Executes a statement and returns its rows. Rejects while the server is down. */
  readonly query: <Row extends object>(database: Database, statement: string) => Promise<ReadonlyArray<Row>>
  /** Kills the server. */
  readonly crash: () => Promise<void>
  /** Starts the server again. */
  readonly restart: () => Promise<void>
  readonly end: () => Promise<void>
}

/** Starts the server. Throws if PostgreSQL is missing. */
export const start = async (): Promise<Databases> => {
  if (missing !== undefined) throw new Error(missing)
  const runtime = ManagedRuntime.make(PostgresServer.layer)
  const server = await runtime.runPromise(PostgresServer)
  return {
    create: () => runtime.runPromise(server.database),
    query: async <Row extends object>(database: Database, statement: string) =>
      (await runtime.runPromise(server.execute(database, statement))) as ReadonlyArray<Row>,
    crash: () => runtime.runPromise(server.crash),
    restart: () => runtime.runPromise(server.restart),
    end: () => runtime.dispose(),
  }
}

/** The address that names a database to a program. */
export const url = ({ database, host, password, port, username }: Database): string =>
  `postgres://${username}:${Redacted.value(password)}@${host}:${port}/${database}`
