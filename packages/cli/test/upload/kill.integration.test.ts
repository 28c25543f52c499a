/**
 * Uploads of real processes that are killed while they send.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import * as Event from "holdfast/Event"
import { spawn } from "node:child_process"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { scene } from "../support/paired.ts"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

const lines = (text: string): ReadonlyArray<Event.Event | Event.Summary> =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => Schema.decodeUnknownSync(Event.Line)(JSON.parse(line)))

const start = (folder: string, args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [bin, "upload", "--json", "--quiet", ...args], {
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
    ended: until(() => hasEnded),
    exitCode: () => child.exitCode,
    stderr: () => stderr,
    events: () => lines(stdout),
    untilConfirmed: (count: number) => until(() => stdout.split('"chunk-confirmed"').length > count),
    untilSaid: (text: string) => until(() => stderr.includes(text)),
  }
}

const created = (run: ReturnType<typeof start>) =>
  run.events().flatMap((event) => (event.type === "created" ? event : []))

const summaryOf = (run: ReturnType<typeof start>): Event.Summary => {
  const last = run.events().at(-1)
  return last?.type === "summary" ? last : assert.fail(`no summary: ${run.stderr()}`)
}

const outcomes = ({ files }: Event.Summary) =>
  files.map(({ outcome, path }) => [Path.basename(path), outcome]).toSorted()

describe("an upload whose process is killed", () => {
  it.live(
    "continues in the next process, and sends at most the chunks again that were in flight",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const file = Path.join(folder, "A.mov")
          const first = start(folder, [file, "--api", api, "--parallel", "2", "--bandwidth", "2M"])
          yield* first.untilConfirmed(3)
          yield* first.kill
          const confirmed = first.events().filter(({ type }) => type === "chunk-confirmed").length
          const second = start(folder, ["--api", api])
          yield* second.ended
          assert.strictEqual(second.exitCode(), 0, second.stderr())
          const [entry] = summaryOf(second).files
          assert.deepInclude(entry, { path: file, outcome: "uploaded", verified: true, resumed: true })
          const { chunkSize = 0 } = created(first)[0] ?? {}
          assert.isAtMost(entry?.resentBytes ?? Number.NaN, 2 * chunkSize)
          const resumed = second.events().find((event) => event.type === "resumed")
          assert.isAtLeast(resumed?.confirmedChunks ?? 0, confirmed)
          assert.lengthOf(created(second), 0)
        }),
      ),
    60_000,
  )

  it.live(
    "is taken over by a process that followed it",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const [a, b] = [Path.join(folder, "A.mov"), Path.join(folder, "B.mov")]
          const first = start(folder, [a, "--api", api, "--bandwidth", "1M"])
          yield* first.untilConfirmed(1)
          const second = start(folder, [b, "--api", api])
          yield* second.untilSaid("another process is sending the queue; this run follows it")
          yield* first.kill
          yield* second.ended
          assert.strictEqual(second.exitCode(), 0, second.stderr())
          assert.include(second.stderr(), "the other process has stopped; this run sends the queue now")
          assert.deepStrictEqual(outcomes(summaryOf(second)), [
            ["A.mov", "uploaded"],
            ["B.mov", "uploaded"],
          ])
          assert.lengthOf([...created(first), ...created(second)], 2)
        }),
      ),
    60_000,
  )

  it.live(
    "is followed to its end by a process that adds a file",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const first = start(folder, [Path.join(folder, "A.mov"), "--api", api, "--bandwidth", "500k"])
          yield* first.untilConfirmed(1)
          const second = start(folder, [Path.join(folder, "B.mov"), "--api", api])
          yield* second.untilSaid("another process is sending the queue; this run follows it")
          yield* Effect.andThen(second.ended, first.ended)
          assert.deepStrictEqual([first.exitCode(), second.exitCode()], [0, 0], second.stderr())
          assert.deepStrictEqual(outcomes(summaryOf(second)), [["B.mov", "uploaded"]])
          assert.deepInclude(summaryOf(second).files[0], { verified: true, bytes: 300_000 })
          assert.lengthOf(
            second.events().filter(({ type }) => type === "file"),
            1,
          )
          assert.lengthOf(created(second), 0)
        }),
      ),
    60_000,
  )
})
