/**
 * The runner processes: three places, each with one process at a time.
 */
import { spawn, type ChildProcess } from "node:child_process"
import * as Fs from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { bin } from "../command/process.ts"

export interface Options {
  readonly api: string
  /** Contains a password. */
  readonly database: string
  readonly redis: string | undefined
  /** The folder of the logs and of the state of the command. */
  readonly folder: string
  readonly parallel: number
  /** Further variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A runner process. Its name is that of its place, and a number that counts the processes of the place. */
export interface Runner {
  readonly name: string
  readonly child: ChildProcess
  readonly log: string
  readonly ended: Promise<number | string>
}

const named = new URL("../shared/sandbox/named.ts", import.meta.url).href

let started = 0

export const start = (place: number, options: Options): Runner => {
  const name = `${place + 1}.${++started}`
  const log = join(options.folder, `runner-${name}.log`)
  const output = Fs.openSync(log, "a")
  const redis = options.redis === undefined ? [] : ["--redis", options.redis, "--rate", "6000"]
  const args = ["worker", "--json", "--api", options.api, "--parallel", String(options.parallel), ...redis]
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.folder,
    env: {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      HOME: options.folder,
      HOLDFAST_HOME: join(options.folder, `home-${place + 1}`),
      XDG_CACHE_HOME: join(options.folder, "cache"),
      HOLDFAST_DATABASE: options.database,
      HOLDFAST_BENCH_NAME: name,
      NODE_OPTIONS: `--import=${named}`,
      ...options.environment,
    },
    stdio: ["ignore", output, output],
  })
  Fs.closeSync(output)
  const ended = new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message))
    child.on("close", (code, signal) => resolve(signal ?? code ?? "unknown"))
  })
  return { name, child, log, ended }
}

const hasStarted = (log: string): boolean => Fs.readFileSync(log, "utf8").includes('"type":"started"')

/** Ends runners in an orderly way. Returns the runners that did not end with 0 within the time, each with the reason. */
export const drain = async (runners: ReadonlyArray<Runner>, millis: number): Promise<ReadonlyArray<string>> => {
  const ends = runners.map(async ({ child, ended, log, name }) => {
    // A process that has not started yet does not handle signals.
    for (const until = Date.now() + millis; !hasStarted(log) && Date.now() < until;) await sleep(100)
    child.kill("SIGTERM")
    const late = setTimeout(() => child.kill("SIGKILL"), millis)
    const end = await ended
    clearTimeout(late)
    return end === 0 ? [] : [`runner ${name} ended with ${end} after SIGTERM`]
  })
  return (await Promise.all(ends)).flat()
}

/** The last lines of a log. */
export const tail = ({ log }: Runner, lines = 5): string =>
  Fs.readFileSync(log, "utf8").trimEnd().split("\n").slice(-lines).join("\n")
