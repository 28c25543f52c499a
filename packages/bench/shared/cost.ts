/**
 * Runs a program to its end and measures its time and its CPU, those of its children included.
 */
import { spawn } from "node:child_process"

export interface Cost {
  readonly exitCode: number
  readonly seconds: number
  /** User and system time of all processes of the program. */
  readonly cpuSeconds: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program. The shell that starts it reports the time of its children. */
export const run = async (
  program: ReadonlyArray<string>,
  options: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<Cost> => {
  const started = performance.now()
  const shell = ["-c", '"$@"; code=$?; times >&3; exit $code', "bash", ...program]
  const child = spawn("bash", shell, { ...options, stdio: ["ignore", "pipe", "pipe", "pipe"] })
  const texts = [child.stdout, child.stderr, child.stdio[3]].map((stream) => {
    const pieces: Array<Buffer> = []
    stream?.on("data", (data: Buffer) => pieces.push(data))
    return () => Buffer.concat(pieces).toString()
  })
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve(code ?? -1))
  })
  const seconds = (performance.now() - started) / 1000
  const [stdout = "", stderr = "", times = ""] = texts.map((text) => text())
  const children = times.trim().split("\n")[1] ?? ""
  const cpuSeconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (total, [, minutes, rest]) => total + Number(minutes) * 60 + Number(rest),
    0,
  )
  return { exitCode, seconds, cpuSeconds, stdout, stderr }
}
