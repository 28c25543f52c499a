/**
 * Kills the processes of one tool until there were enough kills, and counts what this cost.
 */
import { spawn } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import type { Random } from "../shared/random.ts"
import type { Figures } from "./Figures.ts"
import type { Ready, SourceFile } from "./Tool.ts"

/** A process without a kill may fail this often before its upload counts as unfinished. */
const mostFailures = 3

export const run = async (
  ready: Ready,
  files: ReadonlyArray<SourceFile>,
  options: {
    readonly kills: number
    readonly perUpload: number
    /** A process is killed at a time from 0 to this, in milliseconds after its start. */
    readonly within: number
    readonly random: Random
    readonly onKill: (kills: number) => void
  },
): Promise<Figures> => {
  const { kills, onKill, perUpload, random, within } = options
  const content = files.reduce((total, { bytes }) => total + bytes, 0)
  const total = {
    kills: 0,
    uploads: 0,
    processes: 0,
    falseSuccesses: 0,
    lost: 0,
    unfinished: 0,
    leftovers: 0,
    leftoverBytes: 0,
  }
  const before = ready.sent()
  while (total.kills < kills) {
    total.uploads++
    await ready.reset()
    let failures = 0
    let advice: ReadonlyArray<string> = []
    for (let processes = 0; ; processes++) {
      const last = processes >= perUpload || total.kills >= kills
      const ended = await start([...ready.program, ...advice], ready.env, last ? undefined : random.next() * within)
      total.processes++
      if (ended.killed) {
        onKill(++total.kills)
        continue
      }
      const missing = await missingOf(ready, files)
      if (ended.exitCode === 0 && missing > 0) total.falseSuccesses++
      if (ended.exitCode === 0 || ++failures >= mostFailures) {
        if (ended.exitCode !== 0) total.unfinished++
        total.lost += missing
        break
      }
      advice = ready.advice?.(ended.output) ?? []
    }
    const { bytes, uploads } = await ready.leftovers()
    total.leftovers += uploads
    total.leftoverBytes += bytes
  }
  return { ...total, sent: ready.sent() - before, content: total.uploads * content }
}

const missingOf = async (ready: Ready, files: ReadonlyArray<SourceFile>): Promise<number> => {
  const whole = await ready.whole()
  return files.filter(({ name }) => !whole.has(name)).length
}

/** Starts a process, and kills it after some milliseconds unless it ends before. */
const start = async (
  [executable = "", ...args]: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  killAfter: number | undefined,
): Promise<{ readonly killed: boolean; readonly exitCode: number; readonly output: string }> => {
  // The tool leads a group, so that a program that it starts is killed with it.
  const child = spawn(executable, args, { env, stdio: ["ignore", "pipe", "pipe"], detached: true })
  let output = ""
  const keep = (data: Buffer) => (output = (output + data.toString()).slice(-20_000))
  child.stdout.on("data", keep)
  child.stderr.on("data", keep)
  let killed = false
  const timer =
    killAfter === undefined
      ? undefined
      : setTimeout(() => {
          if (child.exitCode !== null || child.pid === undefined) return
          killed = true
          process.kill(-child.pid, "SIGKILL")
        }, killAfter)
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve(code ?? -1))
  })
  clearTimeout(timer)
  // The proxy and the server notice the end of the connections.
  await sleep(200)
  return { killed, exitCode, output }
}
