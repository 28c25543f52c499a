/**
 * Measures one run: wall time, CPU and memory of this process.
 */
import { readFileSync } from "node:fs"

/** The cost of one upload in a fresh process. */
export interface Cost {
  readonly seconds: number
  /** User and system time of all threads. */
  readonly cpuSeconds: number
  /** Peak resident memory of the process, in MiB. */
  readonly peakMiB: number
}

// VmHWM restarts at exec; `maxRSS` may include the peak of the process that forked this one.
const peakMiB = (): number => {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
    if (kib !== undefined) return Number(kib) / 1024
  } catch {
    // The fallback for systems other than Linux.
  }
  return process.resourceUsage().maxRSS / 1024
}

/** Runs an upload and returns its cost, excluding module imports but including the first connection. */
export const measure = async (run: () => Promise<void>): Promise<Cost> => {
  // Collects the garbage of importing modules, which is not the upload's.
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const start = process.hrtime.bigint()
  await run()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMiB: peakMiB() }
}

/** One run of a variant. */
export interface Variant {
  readonly path: string
  readonly base: string
  readonly kind: string
  readonly chunkSize: number
  readonly parallel: number
  /** The folder for the state of the upload. */
  readonly state: string
}

/** The arguments of a variant's process: `path base kind chunkSize parallel state`. */
export const variant = (): Variant => {
  const [path = "", base = "", kind = "plain", chunkSize = "0", parallel = "1", state = ""] = process.argv.slice(2)
  return { path, base, kind, chunkSize: Number(chunkSize), parallel: Number(parallel), state }
}

/** Sends the cost to the parent and ends the process. */
export const report = (cost: Cost): void => {
  process.send?.(cost, () => process.disconnect())
}
