/**
 * Starts Node processes in which a benchmark measures, so that they share neither the compiler's warm-up nor garbage.
 */
import { fork, spawnSync, type ChildProcess, type SpawnSyncOptions } from "node:child_process"
import { once } from "node:events"

/** The environment without `NODE_OPTIONS`, which would change the cost of a process. */
export const environment = (): NodeJS.ProcessEnv => {
  const { NODE_OPTIONS: _, ...env } = process.env
  return env
}

/** The result of a process: `output` is the text that it wrote to each of its files. */
export interface Ended {
  readonly ok: boolean
  readonly output: ReadonlyArray<string>
  /** Why it failed: the first error that it printed, or its exit code or signal. */
  readonly reason: string
}

/** Runs Node with arguments and waits for its end. */
export const run = (args: ReadonlyArray<string>, options: SpawnSyncOptions = {}): Ended => {
  const ran = spawnSync(process.execPath, args, { env: environment(), ...options, encoding: "utf8" })
  const output = ran.output.map((text) => text ?? "")
  const reason = ran.stderr.match(/^\S*Error.*$/m)?.[0] ?? `ended with ${ran.status ?? ran.signal}`
  return { ok: ran.status === 0, output, reason }
}

/** Starts a module of this workspace in a separate process, with a message channel. */
export const start = (module: URL, args: ReadonlyArray<string> = [], env: NodeJS.ProcessEnv = {}): ChildProcess =>
  fork(module, [...args], {
    execArgv: ["--conditions=@holdfast/source", "--expose-gc"],
    env: { ...process.env, ...env },
  })

/** The next message of a process; fails if the process ends first. */
export const message = async <A>(child: ChildProcess): Promise<A> => {
  const [received] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`a benchmark process ended with ${code}`))),
  ])
  return received as A
}
