/**
 * The output of `--json` must match the published schema and be complete, even if a signal ends the run.
 */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Exit, Fiber, JsonSchema, Schema, SchemaRepresentation } from "effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

const factor = 20

const document = new URL("../../../../docs/generated/upload-events.schema.json", import.meta.url)

/** The published schema, read as any program would read it. */
const published = SchemaRepresentation.fromJsonSchemaDocument(
  JsonSchema.fromSchemaDraft2020_12(JSON.parse(Fs.readFileSync(document, "utf8"))),
)
const isLine = Schema.is(published)

const withClips = <A, E>(use: (clips: ReadonlyArray<string>) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-events-"))),
    (directory) => {
      const clips = ["a.mov", "b.mov"].map((name) => Path.join(directory, name))
      for (const clip of clips) Fs.writeFileSync(clip, Crypto.randomBytes(600_000))
      return Effect.provideService(
        use(clips),
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(directory, "state") } }),
      )
    },
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

const outcomesOf = (summary: { readonly files: ReadonlyArray<{ readonly outcome: string }> }) =>
  summary.files.map(({ outcome }) => outcome)

describe("the events of an upload", () => {
  it("the published schema rejects malformed events", () => {
    assert.isFalse(isLine({ type: "opened", at: 0, path: "a.mov", bytes: 1 }))
    assert.isFalse(isLine({ type: "unheard-of", at: 0, time: "2026-11-21T17:24:01.123Z" }))
  })

  it.live(
    "every event matches the published schema and includes the time of day",
    () =>
      withClips((clips) =>
        Effect.gen(function* () {
          const began = new Date().toISOString()
          const args = ["upload", ...clips, `${clips[0]}.none`, "--sandbox", "--faults", "storm", "--json"]
          const ran = yield* OneRun.command(args, factor)
          const lines = ran.stdout.map((line) => JSON.parse(line))
          assert.deepStrictEqual(
            lines.filter((line) => !isLine(line)),
            [],
          )
          for (const { time } of lines) {
            assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
            assert.isAtLeast(time.localeCompare(began), 0)
          }
          const summary = yield* OneRun.summary(ran)
          assert.deepStrictEqual(outcomesOf(summary), ["uploaded", "uploaded", "failed"])
          assert.deepStrictEqual(summary.counts, {
            uploaded: 2,
            unverified: 0,
            skipped: 0,
            failed: 1,
            interrupted: 0,
            queued: 0,
          })
          assert.deepStrictEqual([summary.outcome, summary.exitCode, ran.exitCode], ["partial", 3, 3])
        }),
      ),
    60_000,
  )

  it.live("reports every file of a run as skipped if the run cannot start", () =>
    withClips((clips) =>
      Effect.gen(function* () {
        // The home is below a regular file, so no token can be saved in it.
        const home = ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: clips[0] ?? "" } })
        const ran = yield* Effect.provideService(
          OneRun.command(["upload", ...clips, "--api", "http://127.0.0.1:9", "--json"], factor),
          ConfigProvider.ConfigProvider,
          home,
        )
        const summary = yield* OneRun.summary(ran)
        assert.deepStrictEqual(
          [ran.exitCode, summary.outcome, outcomesOf(summary)],
          [7, "failed", ["skipped", "skipped"]],
        )
      }),
    ),
  )

  it.live.each([
    ["started", 1, 0, 0],
    ["paired", 1, 0, 0],
    ["opened", 1, 0, 0],
    ["created", 1, 0, 0],
    ["chunk-confirmed", 1, 0, 0],
    // The second file is sent at the same time as the rest of the first file.
    ["opened", 2, 0, 1],
    ["file", 1, 1, 2],
    ["file", 2, 2, 2],
  ] as const)(
    "ends with a summary of the uploaded files if a signal arrives at %s %i",
    ([type, nth, least, most]) =>
      withClips((clips) =>
        Effect.gen(function* () {
          const lines: OneRun.Lines = { stdout: [], stderr: [] }
          const fiber = yield* Effect.forkChild(
            OneRun.command(["upload", ...clips, "--sandbox", "--faults", "calm", "--json"], factor, lines),
          )
          let seen = 0
          const push = lines.stdout.push.bind(lines.stdout)
          lines.stdout.push = (line: string) => {
            if (JSON.parse(line).type === type && ++seen === nth) fiber.interruptUnsafe()
            return push(line)
          }
          const exit = yield* Fiber.await(fiber)
          assert.isTrue(Exit.hasInterrupts(exit))
          const all = lines.stdout.map((line) => JSON.parse(line))
          assert.deepStrictEqual(
            all.filter((line) => !isLine(line)),
            [],
          )
          assert.strictEqual(all.filter((line) => line.type === "summary").length, 1)
          const summary = all.at(-1)
          assert.deepStrictEqual([summary.exitCode, summary.outcome], [130, "interrupted"])
          const outcomes = outcomesOf(summary)
          assert.includeMembers(["uploaded", "interrupted"], [...outcomes])
          const uploaded = outcomes.filter((outcome) => outcome === "uploaded").length
          assert.isAtLeast(uploaded, least)
          assert.isAtMost(uploaded, most)
        }),
      ),
    30_000,
  )
})
