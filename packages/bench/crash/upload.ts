/**
 * One upload of several files: processes are killed and started again until all files are stored.
 */
import * as Fs from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { bin } from "../command/process.ts"
import * as Files from "./files.ts"
import type { History, ProcessRun } from "./History.ts"
import { type Moment, name } from "./moments.ts"
import { type Databases, url } from "../shared/databases.ts"
import * as Process from "./process.ts"
import * as Silence from "./silence.ts"
import type { Database } from "../../peers/support/postgres/PostgresServer.ts"
import type { Server } from "../shared/sandbox/Server.ts"
import { savedTokens, signIn, tokenFile } from "../shared/sandbox/signIn.ts"

export type Client = "command" | "database" | "queue"

export interface Options {
  readonly server: Server
  readonly parent: string
  readonly seed: number
  /** What uploads: the command, or the queue of the library in a small program, with its journal on disk or in PostgreSQL. */
  readonly client: Client
  readonly databases?: Databases | undefined
  /** Waits are this many times shorter. */
  readonly factor: number
  readonly undisturbed: Process.Durations
  /** Returns the moment of the next kill; `undefined` lets the process end. */
  readonly next: () => Moment | undefined
  /** Runs after each kill. The control damages the journal here. */
  readonly afterKill?: (run: ProcessRun, home: string, database: Database | undefined) => unknown
}

/** The environment of processes whose waits are shortened. */
export const clocked = (factor: number): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  LANG: "C.UTF-8",
  NODE_OPTIONS: `--import=${new URL("../command/clock.ts", import.meta.url).href}`,
  HOLDFAST_BENCH_CLOCK: JSON.stringify({ factor }),
})

const queue = fileURLToPath(new URL("../shared/queue.ts", import.meta.url))

type Program = (home: string, api: string, database: Database | undefined) => ReadonlyArray<string>

const queueWith = (home: string, api: string, journal: string): ReadonlyArray<string> => [
  "--conditions=@holdfast/source",
  queue,
  api,
  tokenFile(home, api),
  journal,
]

const programs: Readonly<Record<Client, Program>> = {
  // A file that is done is not sent again only with `--skip-uploaded`.
  command: (_, api) => [bin, "upload", "--api", api, "--json", "--no-pair", "--skip-uploaded"],
  queue: (home, api) => queueWith(home, api, join(home, "queue")),
  database: (home, api, database) => queueWith(home, api, database === undefined ? "" : url(database)),
}

/** More processes than this without a kill mean that the upload does not come to an end. */
const mostRestarts = 6

export const upload = async (options: Options): Promise<History> => {
  const { client, factor, next, parent, seed, server, undisturbed } = options
  const root = Fs.mkdtempSync(join(parent, "upload-"))
  const [folder, home, directory] = ["files", "home", "stored"].map((part) => join(root, part)) as [
    string,
    string,
    string,
  ]
  for (const path of [folder, home, directory]) Fs.mkdirSync(path, { mode: 0o700 })
  const sandbox = await server.open({ plan: "storm", seed, chunkSize: Files.chunkSize, directory })
  // The command adds recordings only from a folder that it watches.
  const { files, recording, stop } = Files.make(folder, seed, client !== "command")
  const watch = Silence.watch(seed, home, sandbox.seen)
  try {
    watch.step("the harness prepares the upload")
    const database = client === "database" ? await options.databases?.create() : undefined
    await signIn(home, sandbox.url, sandbox)
    const env = {
      ...clocked(factor),
      HOME: home,
      HOLDFAST_HOME: home,
      TMPDIR: root,
      XDG_CACHE_HOME: join(parent, "cache"),
    }
    const processes: Array<ProcessRun> = []
    let restarts = 0
    let createAgain = false
    while (restarts < mostRestarts) {
      const moment = next()
      const again = createAgain ? ["--create-again"] : []
      watch.step(`process ${processes.length} runs${moment === undefined ? "" : `, to be killed ${name(moment)}`}`)
      const ran = await Process.run({
        program: [
          process.execPath,
          ...programs[client](home, sandbox.url, database),
          ...again,
          ...(recording === undefined ? [] : [`--recording=${recording}`]),
          ...files.map(({ path }) => path),
        ],
        env,
        cwd: folder,
        sandbox,
        home,
        moment,
        undisturbed,
        parts: new Map(files.map((file) => [file.name, file.parts.length])),
        watch,
      })
      watch.step(`the harness asks the sandbox after process ${processes.length}`)
      // A request that the process had sent may still be on its way to the sandbox.
      await sleep(20)
      const assets = await sandbox.assets()
      const { killed, ...rest } = ran
      const done: ProcessRun = {
        ...rest,
        killed: killed && moment !== undefined ? name(moment) : undefined,
        createAgain,
        signedOut: isSignedOut(ran),
        tokens: await savedTokens(tokenFile(home, sandbox.url), sandbox),
        assets,
      }
      processes.push(done)
      if (done.killed !== undefined) {
        await options.afterKill?.(done, home, database)
        continue
      }
      if (done.exitCode === 0) break
      restarts++
      // What a person does: signs in if the device has to be paired, and allows another asset after a lost response.
      if (done.signedOut) await signIn(home, sandbox.url, sandbox)
      createAgain = mentions(done, "AssetCreationUncertain")
    }
    return { seed, files, processes, seen: sandbox.seen, refreshes: await sandbox.refreshes() }
  } finally {
    stop()
    watch.step("the harness closes the sandbox")
    await sandbox.close()
    watch.end()
    Fs.rmSync(root, { recursive: true, force: true })
  }
}

const isSignedOut = (ran: Process.Ran): boolean =>
  !ran.killed && (mentions(ran, "NeedsHuman", "PairingNeeded") || ran.exitCode === 4)

const mentions = ({ lines }: Process.Ran | ProcessRun, ...tags: ReadonlyArray<string>): boolean =>
  lines.some(({ error, files = [] }) =>
    [error, ...files.map((file) => file.error)].some((one) => typeof one === "object" && tags.includes(one.tag)),
  )
