/**
 * Runs one process of the command, and kills it at its moment.
 */
import * as Fs from "node:fs"
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Line } from "./History.ts"
import type { Moment } from "./moments.ts"
import type { Seen } from "../shared/sandbox/Protocol.ts"
import type { Sandbox } from "../shared/sandbox/Server.ts"
import type { Watch } from "./silence.ts"

/** The durations of an undisturbed process: until its first line, and from there to its end. In milliseconds. */
export interface Durations {
  readonly loading: number
  readonly work: number
}

export interface Start {
  readonly program: ReadonlyArray<string>
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly sandbox: Sandbox
  /** The folder that contains the state of the command. */
  readonly home: string
  /** When to kill the process. The default is never. */
  readonly moment: Moment | undefined
  readonly undisturbed: Durations
  /** The number of parts of each file, by its name. */
  readonly parts: ReadonlyMap<string, number>
  readonly watch: Watch
}

export interface Ran {
  readonly startedAt: number
  readonly endedAt: number
  readonly killed: boolean
  readonly exitCode: number | string
  readonly lines: ReadonlyArray<Line>
  readonly stderr: string
}

/**
 * How long a process may run, in milliseconds, and as a multiple of an undisturbed one. Then it is killed, and its exit code is
 * `timeout`.
 */
const longest = 60_000
const mostTimes = 10
const tick = 1000

const routes = { creation: /^\/v2\/devices\/assets$/, part: /^\/parts\//, refresh: /^\/v2\/auth\/token$/ }

export const run = async (start: Start): Promise<Ran> => {
  const { cwd, env, home, moment, program, sandbox, undisturbed, watch } = start
  const [executable = "", ...args] = program
  const startedAt = Date.now()
  const child = spawn(executable, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
  const timers = new Set<NodeJS.Timeout>()
  let killedAt: number | undefined
  let late = false

  const kill = () => {
    if (child.exitCode !== null || child.signalCode !== null || killedAt !== undefined) return
    if (child.kill("SIGKILL")) killedAt = Date.now()
  }
  const allowed = Math.max(longest, mostTimes * (undisturbed.loading + undisturbed.work))
  const killAfter = (millis: number) => {
    if (millis <= 0) kill()
    else timers.add(setTimeout(kill, millis))
  }
  // A harness that a signal has stopped counts no ticks, and the process may have been stopped with it.
  let ticks = 0
  timers.add(
    setInterval(() => {
      if (late || ++ticks * tick < allowed) return
      late = true
      watch.report(`a process has run for ${Math.round(allowed / 1000)} s and is killed`)
      child.kill("SIGKILL")
    }, tick),
  )
  if (moment?.at === "loading") killAfter(moment.share * undisturbed.loading)

  const lines: Array<Line> = []
  watch.started(child.pid, lines)
  const counts = new Map<string, number>()
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = parsed(text)
    watch.happened()
    if (line === undefined) return
    if (lines.push(line) === 1 && moment?.at === "work") killAfter(moment.share * undisturbed.work)
    if (moment?.at !== "line" || line.type !== moment.type) return
    const count = (counts.get(line.type) ?? 0) + 1
    counts.set(line.type, count)
    if (count === moment.nth) killAfter(moment.delay)
  })
  let stderr = ""
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()))

  const seen = watcher(moment, start, killAfter)
  const unwatch = sandbox.watch((one) => {
    watch.happened()
    seen(one)
  })
  const unwatchFiles =
    moment?.at === "journal" || moment?.at === "tokens"
      ? watchFiles(home, moment.at, moment.nth, () => killAfter(moment.delay))
      : () => {}

  const exitCode = await new Promise<number | string>((resolve) => {
    child.on("error", (error) => resolve(error.message))
    child.on("close", (code, signal) => resolve(late ? "timeout" : (signal ?? code ?? "unknown")))
  })
  for (const timer of timers) clearTimeout(timer)
  unwatch()
  unwatchFiles()
  return { startedAt, endedAt: killedAt ?? Date.now(), killed: exitCode === "SIGKILL", exitCode, lines, stderr }
}

const parsed = (text: string): Line | undefined => {
  try {
    return JSON.parse(text) as Line
  } catch {
    // The last line of a killed process may be cut.
    return undefined
  }
}

/** Counts the requests of the process, and kills it at the right one. */
const watcher = (moment: Moment | undefined, { parts, sandbox }: Start, killAfter: (millis: number) => void) => {
  let count = 0
  const largest = Math.max(...parts.values())
  return (seen: Seen) => {
    if (moment?.at === "request" && moment.seen === seen.seen && routes[moment.route].test(seen.path)) {
      if (++count === moment.nth) killAfter(moment.delay)
    }
    if (moment?.at !== "last part" || moment.seen !== seen.seen || !routes.part.test(seen.path)) return
    // The largest file is the one whose last part is recognized without knowing the name of an asset.
    const asset = seen.path.split("/")[2]
    const arrived = new Set(
      sandbox.seen.filter((one) => one.seen === seen.seen && one.path.split("/")[2] === asset).map(({ path }) => path),
    )
    if (arrived.size === largest && ++count === 1) killAfter(moment.delay)
  }
}

/** Calls back at the nth change of a file below the folder of the state whose path contains a name. */
const watchFiles = (home: string, part: string, nth: number, reached: () => void): (() => void) => {
  let count = 0
  const watcher = Fs.watch(home, { recursive: true }, (_, name) => {
    if (name?.includes(part) === true && ++count === nth) reached()
  })
  watcher.on("error", () => {})
  return () => watcher.close()
}
