/**
 * Measures a whole process with `/usr/bin/time`.
 */
import { spawn } from "node:child_process"

export interface Cost {
  readonly seconds: number
  /** User and system time of the process and its children. */
  readonly cpuSeconds: number
  /** The peak memory of the largest process. */
  readonly peakMiB: number
}

/** Runs a program to its end. Fails if the program fails. */
export const measure = async (program: ReadonlyArray<string>, env: NodeJS.ProcessEnv): Promise<Cost> => {
  const child = spawn("/usr/bin/time", ["-f", "%e %U %S %M", ...program], { env, stdio: ["ignore", "ignore", "pipe"] })
  let stderr = ""
  child.stderr.on("data", (data: Buffer) => {
    stderr += data.toString()
  })
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve))
  const [seconds, user, system, kib] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number)
  if (code !== 0 || kib === undefined) throw new Error(`${program[0]} ended with ${code}: ${stderr.slice(-500)}`)
  return { seconds: seconds ?? 0, cpuSeconds: (user ?? 0) + (system ?? 0), peakMiB: kib / 1024 }
}
