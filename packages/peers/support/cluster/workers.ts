/**
 * Workers of the command on PostgreSQL, which upload objects of Ceph to the sandbox. The command and the workers are processes
 * of their own.
 */
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as Runners from "../../../bench/cluster/runners.ts"
import * as Command from "../../../bench/command/process.ts"
import { url } from "../../../bench/shared/databases.ts"
import * as Server from "../../../bench/shared/sandbox/Server.ts"
import { signIn } from "../../../bench/shared/sandbox/signIn.ts"
import { PostgresServer } from "../postgres/PostgresServer.ts"
import { Radosgw } from "../s3/Radosgw.ts"

export interface Options {
  /** In bytes. */
  readonly chunkSize: number
  /** The time after which a stored chunk is confirmed, in milliseconds. */
  readonly latency: number
  /** The most chunks in flight of a worker. */
  readonly parallel: number
}

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-workers-")))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

/** Makes a database, a sandbox and a paired device. All of them end with the scope. */
export const make = ({ chunkSize, latency, parallel }: Options) =>
  Effect.gen(function* () {
    const { endpoint, owner } = yield* Radosgw
    const database = yield* PostgresServer.use((server) => server.database)
    const home = yield* folder
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => Server.start({ PATH: process.env["PATH"], LANG: "C.UTF-8" })),
      (started) => Effect.sync(() => started.end()),
    )
    const directory = Path.join(home, "stored")
    Fs.mkdirSync(directory)
    const sandbox = yield* Effect.promise(() => server.open({ plan: "calm", seed: 1, chunkSize, directory, latency }))
    yield* Effect.promise(() => signIn(home, sandbox.url, sandbox))

    const environment = {
      AWS_ACCESS_KEY_ID: owner.accessKeyId,
      AWS_SECRET_ACCESS_KEY: owner.secretAccessKey,
      AWS_ENDPOINT_URL_S3: endpoint,
    }
    /** Runs the command to its end. */
    const command = (...args: ReadonlyArray<string>) =>
      Effect.promise(() => {
        const env = {
          PATH: process.env["PATH"],
          LANG: "C.UTF-8",
          HOME: home,
          HOLDFAST_HOME: home,
          HOLDFAST_DATABASE: url(database),
          ...environment,
        }
        return Command.start(process.execPath, [Command.bin, ...args], { env, cwd: home }).ended
      })
    /** Starts a worker in a place. */
    const worker = (place: number) =>
      Effect.acquireRelease(
        Effect.sync(() =>
          Runners.start(place, {
            api: sandbox.url,
            database: url(database),
            redis: undefined,
            folder: home,
            parallel,
            environment,
          }),
        ),
        ({ child, ended }) =>
          Effect.promise(async () => {
            child.kill("SIGKILL")
            await ended
          }),
      )
    return { command, database, sandbox, worker }
  })
