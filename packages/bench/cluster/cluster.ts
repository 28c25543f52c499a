/**
 * One cluster: a database, a server with a fixed latency, files that were added with the command, and runners.
 */
import * as Fs from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Database } from "../../peers/support/postgres/PostgresServer.ts"
import * as Command from "../command/process.ts"
import { bin } from "../command/process.ts"
import { url } from "../shared/databases.ts"
import type { Sandbox } from "../shared/sandbox/Server.ts"
import { signIn } from "../shared/sandbox/signIn.ts"
import * as Audit from "./audit.ts"
import * as Files from "./files.ts"
import type { Disturbance, History, SourceFile } from "./History.ts"
import * as Runners from "./runners.ts"
import type { Stage } from "./stage.ts"

export interface Options {
  readonly stage: Stage
  /** A new folder is made in it. */
  readonly parent: string
  readonly name: string
  readonly shape: Files.Shape
  /** The time after which a stored part is confirmed, in milliseconds. */
  readonly latency: number
  /** The most parts in flight of a runner. */
  readonly parallel: number
}

export interface Cluster {
  readonly database: Database
  readonly sandbox: Sandbox
  readonly folder: string
  readonly start: (place: number) => Runners.Runner
  /** The number of uploads in each state; `undefined` while the database is down. */
  readonly states: () => Promise<ReadonlyMap<string, number> | undefined>
  /** The number of lost responses to a creation after which another asset was allowed. */
  readonly allowed: () => number
  /** Waits until no upload is open. Returns false after the time, in milliseconds. */
  readonly finished: (within: number) => Promise<boolean>
  readonly history: (disturbances: ReadonlyArray<Disturbance>) => Promise<History>
  readonly close: () => Promise<void>
}

/** The states in which no runner will touch an upload again. */
const ended = ["done", "failed", "canceled"]

export const make = async (options: Options): Promise<Cluster> => {
  const { latency, name, parallel, parent, shape, stage } = options
  const folder = Fs.mkdtempSync(join(parent, `${name}-`))
  for (const part of ["files", "stored", "home"]) Fs.mkdirSync(join(folder, part), { mode: 0o700 })
  const database = await stage.databases.create()
  const directory = join(folder, "stored")
  const sandbox = await stage.server.open({ plan: "calm", seed: 1, chunkSize: shape.partSize, directory, latency })
  const files = Files.make(join(folder, "files"), name.toUpperCase(), shape)
  const address = url(database)

  // What a person does: pairs a device, moves the pair to the cluster, and adds the files.
  const home = join(folder, "home")
  await signIn(home, sandbox.url, sandbox)
  const command = async (...args: ReadonlyArray<string>): Promise<void> => {
    const env = {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      HOME: home,
      HOLDFAST_HOME: home,
      HOLDFAST_DATABASE: address,
    }
    const ran = await Command.start(process.execPath, [bin, ...args], { env, cwd: join(folder, "files") }).ended
    if (ran.exit !== 0) throw new Error(`holdfast ${args[0]} ended with ${ran.exit}: ${ran.stderr.join("\n")}`)
  }
  await command("pair", "--import", "--api", sandbox.url)
  await command("upload", "--quiet", "--api", sandbox.url, ...files.map((file: SourceFile) => file.name))
  await Audit.install(stage.databases, database)

  let allowed = 0
  const states = () => Audit.states(stage.databases, database)
  return {
    database,
    sandbox,
    folder,
    start: (place) =>
      Runners.start(place, { api: sandbox.url, database: address, redis: stage.redis.url, folder, parallel }),
    states,
    allowed: () => allowed,
    finished: async (within) => {
      const end = Date.now() + within
      for (;;) {
        const now = await states()
        const over = [...(now ?? [])].filter(([state]) => ended.includes(state))
        if (over.reduce((total, [, count]) => total + count, 0) === files.length) return true
        if (Date.now() > end) return false
        // What a person does: allows another asset after a lost response.
        const uncertain = (now?.get("uncertain") ?? 0) > 0 ? await Audit.uncertain(stage.databases, database) : []
        if (uncertain.length > 0) {
          allowed += uncertain.length
          await command("queue", "retry", "--create-again", ...uncertain)
        }
        await sleep(500)
      }
    },
    history: async (disturbances) => ({
      files,
      disturbances,
      ...(await Audit.read(stage.databases, database)),
      seen: sandbox.seen,
      assets: await sandbox.assets(),
    }),
    close: () => sandbox.close(),
  }
}
