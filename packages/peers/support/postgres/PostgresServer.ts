/**
 * A real PostgreSQL with new databases, which a test can crash and start again.
 */
import { PgClient } from "@effect/sql-pg"
import { Context, Data, Effect, Layer, Redacted, Schedule } from "effect"
import type { ChildProcess } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Leash from "../processes/Leash.ts"
import * as Peer from "../processes/Peer.ts"

const debian = "/usr/lib/postgresql"

/** Debian does not put the server into `PATH`, because several versions can be installed. The newest one is used. */
const newest = (): string | undefined => {
  if (!existsSync(debian)) return undefined
  const versions = readdirSync(debian).toSorted((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(debian, version, "bin")).find((folder) => existsSync(join(folder, "postgres")))
}

const bin = newest()
const program = (name: string): string => (bin === undefined ? name : join(bin, name))

/** Why PostgreSQL is not available, if it is not. The package is Debian's. */
export const missing = bin === undefined ? Peer.without(["postgres", "initdb"], "postgresql") : undefined

/** PostgreSQL did not start; the message ends with its log. */
export class PostgresFailed extends Data.TaggedError("PostgresFailed")<{
  readonly message: string
  readonly cause: unknown
}> {}

/** The connection to one database. */
export interface Database {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly username: string
  readonly password: Redacted.Redacted
}

/** The server refuses to run as root, so it runs as Debian's user for it. */
const asUser = (command: string, args: ReadonlyArray<string>): readonly [string, ReadonlyArray<string>] =>
  process.getuid?.() === 0
    ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--inh-caps=-all", command, ...args]]
    : [command, args]

const attempt = <A>(leash: Leash.Leash, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new PostgresFailed({ message: `PostgreSQL did not start: ${cause}\n${Leash.tail(leash.directory)}`, cause }),
  })

const superuser = "holdfast"

/** A server on a free port of 127.0.0.1. It ends with the scope of its layer. */
export class PostgresServer extends Context.Service<
  PostgresServer,
  {
    /** Creates an empty database. */
    readonly database: Effect.Effect<Database>
    /** Executes a statement as the superuser, on a connection of its own. */
    readonly execute: (database: Database, statement: string) => Effect.Effect<ReadonlyArray<object>>
    /** Kills the server. Its files remain. */
    readonly crash: Effect.Effect<void>
    /** Starts the server again after a crash. */
    readonly restart: Effect.Effect<void, PostgresFailed>
  }
>()("@holdfast/peers/PostgresServer") {
  static readonly layer = Layer.effect(
    PostgresServer,
    Effect.gen(function* () {
      const leash = yield* Effect.acquireRelease(
        Effect.sync(() => Leash.make("holdfast-postgres")),
        (leash) => Effect.promise(() => leash.release()),
      )
      const password = randomBytes(24).toString("hex")
      yield* attempt(leash, () => initialize(leash, password))
      const [port = 0] = yield* Effect.promise(() => Peer.freePorts(1))
      let child = yield* attempt(leash, () => start(leash, port))
      let databases = 0
      const settings = (database: string): Database => ({
        host: "127.0.0.1",
        port,
        database,
        username: superuser,
        password: Redacted.make(password),
      })
      const execute = (database: Database, statement: string) =>
        Effect.flatMap(PgClient.PgClient, (sql) => sql.unsafe<object>(statement)).pipe(
          Effect.provide(PgClient.layer({ ...database, maxConnections: 1 }), { local: true }),
          Effect.orDie,
        )
      return {
        database: Effect.suspend(() => {
          const created = settings(`test_${++databases}`)
          return Effect.as(execute(settings("postgres"), `CREATE DATABASE ${created.database}`), created)
        }),
        execute,
        crash: Effect.promise(async () => {
          const ended = once(child, "exit")
          if (child.exitCode === null && child.kill("SIGKILL")) await ended
        }),
        // The other processes of a killed server end a moment later, and the server refuses to start until they have.
        restart: attempt(leash, () => start(leash, port)).pipe(
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 50 }),
          Effect.map((started) => void (child = started)),
        ),
      }
    }),
  )
}

const initialize = async ({ directory }: Leash.Leash, password: string): Promise<void> => {
  const data = join(directory, "data")
  const passwordFile = join(directory, "password")
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (process.getuid?.() === 0) {
    chmodSync(directory, 0o755)
    await Peer.run("chown", ["postgres:", data, passwordFile])
  }
  const access = ["-U", superuser, "--auth=scram-sha-256", `--pwfile=${passwordFile}`]
  await Peer.run(...asUser(program("initdb"), ["-D", data, ...access, "--encoding=UTF8", "--locale=C", "--no-sync"]))
}

const start = async (leash: Leash.Leash, port: number): Promise<ChildProcess> => {
  // A killed server loses nothing that it has written, so a sync would only take time.
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "fsync=off"]
  const data = join(leash.directory, "data")
  const options = settings.flatMap((setting) => ["-c", setting])
  const child = leash.start("postgres", ...asUser(program("postgres"), ["-D", data, ...options]))
  const address = ["-h", "127.0.0.1", "-p", String(port), "-U", superuser]
  await Peer.until(
    () =>
      Peer.run(program("pg_isready"), address).then(
        () => true as const,
        () => undefined,
      ),
    { what: "PostgreSQL", seconds: 30, ended: () => child.exitCode !== null },
  )
  return child
}
