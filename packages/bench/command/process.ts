/**
 * Starts the command as a real process, like a shell.
 */
import { spawn, type ChildProcess } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The file that npm links as `holdfast`. */
export const bin = fileURLToPath(new URL("../../cli/bin/holdfast.js", import.meta.url))

/** After this many milliseconds a process that has not ended is killed. */
const longest = 90_000

/** How a process ended: its exit code, the signal that ended it, or `timeout`. */
export interface Ended {
  readonly exit: number | string
  readonly stdout: ReadonlyArray<string>
  readonly stderr: ReadonlyArray<string>
  readonly millis: number
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves when the process has printed this, or has ended. */
  readonly prints: (pattern: RegExp) => Promise<void>
  /** Resolves when the process and every process that holds its output have ended. */
  readonly ended: Promise<Ended>
}

const linesOf = (chunks: ReadonlyArray<Buffer>): ReadonlyArray<string> => {
  const text = Buffer.concat(chunks).toString()
  return text === "" ? [] : text.replace(/\n$/, "").split("\n")
}

/** Starts a program. */
export const start = (
  program: string,
  args: ReadonlyArray<string>,
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Running => {
  const started = performance.now()
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] })
  const stdout: Array<Buffer> = []
  const stderr: Array<Buffer> = []
  child.stdout.on("data", (data: Buffer) => stdout.push(data))
  child.stderr.on("data", (data: Buffer) => stderr.push(data))
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill("SIGKILL")
  }, longest)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code, signal) => {
      clearTimeout(timer)
      const exit = late ? "timeout" : (signal ?? code ?? "unknown")
      resolve({ exit, stdout: linesOf(stdout), stderr: linesOf(stderr), millis: performance.now() - started })
    })
  })
  const prints = async (pattern: RegExp) => {
    let hasEnded = false
    void ended.finally(() => (hasEnded = true)).catch(() => {})
    while (!hasEnded && !pattern.test(Buffer.concat([...stdout, ...stderr]).toString())) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return { child, ended, prints }
}
