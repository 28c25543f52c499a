/**
 * Runners of a cluster in processes of their own.
 */
import { Effect, Redacted } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import type { Database } from "../postgres/PostgresServer.ts"
import * as Peer from "../processes/Peer.ts"
import type { Sink } from "./Sink.ts"

const program = fileURLToPath(new URL("runnerProcess.ts", import.meta.url))

/** Starts a runner, with the lines that it has printed. It is killed with the scope. */
export const start = (database: Database, sink: Sink) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const [port = 0] = await Peer.freePorts(1)
      const env = {
        ...process.env,
        PGUSER: database.username,
        PGPASSWORD: Redacted.value(database.password),
      }
      const args = [database.port, sink.port, port, database.database].map(String)
      const child = spawn(process.execPath, ["--conditions=@holdfast/source", program, ...args], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      })
      const ended = once(child, "close")
      const lines: Array<string> = []
      createInterface({ input: child.stdout }).on("line", (line) => {
        lines.push(line)
        if (process.env["HOLDFAST_VERBOSE"] !== undefined) console.log(child.pid, line)
      })
      await Peer.until(() => lines.find((line) => line === "ready"), { what: "the runner", seconds: 60 })
      const kill = Effect.promise(async () => {
        child.kill("SIGKILL")
        await ended
      })
      const signal = (name: "SIGCONT" | "SIGSTOP" | "SIGTERM") => Effect.sync(() => void child.kill(name))
      return { pid: child.pid ?? 0, lines, kill, signal, ended: Effect.promise(() => ended) }
    }),
    ({ kill }) => kill,
  )
