/**
 * Runs the command as a process of its own, which can be killed.
 */
import { assert } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Event from "holdfast/Event"
import { spawn } from "node:child_process"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

const lines = (text: string): ReadonlyArray<Event.Event | Event.Summary> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => Schema.decodeUnknownSync(Event.Line)(JSON.parse(line)))

/** Starts the command with `--json`. Its tokens and its queue are in `state` below the folder. */
export const start = (folder: string, args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [bin, ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", HOLDFAST_HOME: Path.join(folder, "state"), XDG_CACHE_HOME: folder },
  })
  let stdout = ""
  let stderr = ""
  let hasEnded = false
  child.stdout.on("data", (some) => (stdout += String(some)))
  child.stderr.on("data", (some) => (stderr += String(some)))
  child.on("close", () => (hasEnded = true))
  const until = (isDone: () => boolean) =>
    Effect.gen(function* () {
      while (!isDone()) {
        if (hasEnded && !isDone()) assert.fail(`the process ended too early: ${stderr}${stdout.slice(-500)}`)
        yield* Effect.sleep("20 millis")
      }
    })
  return {
    kill: Effect.andThen(
      Effect.sync(() => child.kill("SIGKILL")),
      until(() => hasEnded),
    ),
    until,
    ended: until(() => hasEnded),
    exitCode: () => child.exitCode,
    stderr: () => stderr,
    events: () => lines(stdout),
    untilConfirmed: (count: number) => until(() => stdout.split('"chunk-confirmed"').length > count),
    untilPrinted: (text: string) => until(() => stdout.includes(text)),
    untilSaid: (text: string) => until(() => stderr.includes(text)),
  }
}
