/**
 * Complete uploads with the command's own program, over real sockets, with every plan. All waits are scaled.
 */
import { assert, describe, it } from "@effect/vitest"
import { Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Redacted } from "effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

/** Waits take a twentieth of their time. */
const factor = 20

const withFiles = <A, E>(
  use: (files: {
    readonly directory: string
    readonly clip: string
    readonly bytes: number
    readonly sha256: string
  }) => Effect.Effect<A, E>,
) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-cli-test-"))),
    (directory) => {
      const clip = Path.join(directory, "clip.mov")
      const content = Crypto.randomBytes(24 * 256 * 1024 - 17)
      Fs.writeFileSync(clip, content)
      const sha256 = Crypto.createHash("sha256").update(content).digest("hex")
      return Effect.provideService(
        use({ directory, clip, bytes: content.length, sha256 }),
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(directory, "state") } }),
      )
    },
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

/**
 * The number of retries after an error. The sum of all retries is not asserted, because shortened time limits may also
 * expire on a busy machine.
 */
const retriesAfter = (ran: OneRun.Ran, error: string) =>
  Effect.map(
    OneRun.events(ran),
    (events) => events.filter((event) => event.type === "retry" && event.error === error).length,
  )

/** The number of assets that the command knows to have created. */
const created = (ran: OneRun.Ran) =>
  Effect.map(OneRun.events(ran), (events) => events.filter((event) => event.type === "created").length)

describe("upload --sandbox", () => {
  for (const plan of ["calm", "storm", "outage", "reauth"]) {
    it.live(
      `uploads the file byte for byte despite the faults in ${plan}`,
      () =>
        withFiles(({ bytes, clip, sha256 }) =>
          Effect.gen(function* () {
            // Without faults there are few waits, and the time limits stay long enough for a busy machine.
            const scale = plan === "calm" ? 4 : factor
            const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", plan, "--json"], scale)
            assert.strictEqual(ran.exitCode, 0, ran.stderr.join("\n"))
            const summary = yield* OneRun.summary(ran)
            assert.strictEqual(summary.outcome, "uploaded")
            const [file] = summary.files
            assert.deepStrictEqual(
              [file?.path, file?.bytes, file?.chunks, file?.sha256, file?.verified],
              [clip, bytes, 24, sha256, true],
            )
            const faults = Object.values(summary.errors).reduce((sum, n) => sum + n, 0)
            if (plan === "calm") assert.strictEqual(faults, 0)
            else assert.isAbove(faults, 0)
            if (plan === "outage") assert.isAbove(summary.gates.connectivity.closed, 0)
            if (plan === "reauth") assert.isAbove(summary.gates.authorization.closed, 0)
          }),
        ),
      60_000,
    )
  }

  it.live(
    "emits events in order, from started to summary, and every event matches the schema",
    () =>
      withFiles(({ bytes, clip }) =>
        Effect.gen(function* () {
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", "storm", "--json"], factor)
          const events = yield* OneRun.events(ran)
          const types = events.map((event) => event.type)
          assert.strictEqual(types[0], "started")
          for (const type of [
            "pairing",
            "paired",
            "opened",
            "created",
            "failure",
            "retry",
            "gate",
            "progress",
            "file",
          ]) {
            assert.include(types, type)
          }
          const confirmed = events.flatMap((event) => (event.type === "chunk-confirmed" ? [event.bytes] : []))
          assert.strictEqual(
            confirmed.reduce((sum, n) => sum + n, 0),
            bytes,
          )
          for (const event of events) {
            if (event.type !== "progress") continue
            assert.isAtMost(event.confirmed, event.sent)
            assert.isAtMost(event.sent, event.total)
          }
          const times = events.map((event) => event.at)
          assert.deepStrictEqual(
            times,
            times.toSorted((a, b) => a - b),
          )
        }),
      ),
    60_000,
  )

  it.live(
    "fails if the channel is paused, and reports the remedy",
    () =>
      withFiles(({ clip }) =>
        Effect.gen(function* () {
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", "paused", "--json", "-q"], factor)
          assert.strictEqual(ran.exitCode, 6)
          assert.lengthOf(ran.stderr, 1)
          assert.include(ran.stderr[0], "resume the device in Frame.io")
          const summary = yield* OneRun.summary(ran)
          assert.strictEqual(summary.outcome, "failed")
          assert.strictEqual(summary.exitCode, 6)
          assert.deepStrictEqual(
            summary.files.map(({ error, sha256, verified }) => [error?.tag, sha256, verified]),
            [["ChannelPaused", null, false]],
          )
        }),
      ),
    60_000,
  )

  it.live(
    "never reports a file as uploaded if the storage stored wrong bytes",
    () =>
      withFiles(({ clip, directory }) =>
        Effect.gen(function* () {
          const plan = Path.join(directory, "wrong.json")
          const rules = [{ route: "chunk", fault: "wrong-bytes" }]
          Fs.writeFileSync(plan, JSON.stringify({ name: "wrong", survivable: false, rules }))
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", plan, "--json", "-q"], 200)
          assert.strictEqual(ran.exitCode, 8)
          const { errors, files, outcome } = yield* OneRun.summary(ran)
          assert.deepStrictEqual([outcome, files[0]?.error?.tag], ["failed", "IntegrityMismatch"])
          assert.isAtLeast(errors["IntegrityMismatch"] ?? 0, 8)
        }),
      ),
    60_000,
  )

  it.live(
    "gives up after eight attempts if a fault persists, and reports a temporary failure",
    () =>
      withFiles(({ clip, directory }) =>
        Effect.gen(function* () {
          const plan = Path.join(directory, "down.json")
          const rules = [{ route: "assets", fault: "slow-down" }]
          Fs.writeFileSync(plan, JSON.stringify({ name: "down", survivable: false, rules }))
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", plan, "--json", "-q"], 200)
          assert.strictEqual(ran.exitCode, 5)
          const { errors } = yield* OneRun.summary(ran)
          assert.deepStrictEqual([errors["SlowDown"], yield* retriesAfter(ran, "SlowDown")], [8, 7])
        }),
      ),
    60_000,
  )

  it.live(
    "does not create a second asset after a lost response unless --create-again is set",
    () =>
      withFiles(({ clip, directory, sha256 }) =>
        Effect.gen(function* () {
          const plan = Path.join(directory, "lost.json")
          const rules = [{ route: "assets", requests: [1], fault: "reset-after" }]
          Fs.writeFileSync(plan, JSON.stringify({ name: "lost", survivable: false, rules }))
          const args = ["upload", clip, "--sandbox", "--faults", plan, "--json", "-q"]
          const once = yield* OneRun.command(args, factor)
          assert.strictEqual(once.exitCode, 5)
          const lost = yield* OneRun.summary(once)
          assert.strictEqual(lost.files[0]?.error?.tag, "AssetCreationUncertain")
          assert.strictEqual(yield* created(once), 0)
          const again = yield* OneRun.command([...args, "--create-again"], factor)
          assert.strictEqual(yield* created(again), 1)
          assert.strictEqual(again.exitCode, 0)
          assert.strictEqual((yield* OneRun.summary(again)).files[0]?.sha256, sha256)
        }),
      ),
    60_000,
  )

  it.live(
    "uploads the remaining files if one file is missing, and exits with 3",
    () =>
      withFiles(({ clip, directory, sha256 }) =>
        Effect.gen(function* () {
          const missing = Path.join(directory, "missing.mov")
          const ran = yield* OneRun.command(["upload", missing, clip, "--sandbox", "--json", "-q"], factor)
          assert.strictEqual(ran.exitCode, 3)
          const { files, outcome } = yield* OneRun.summary(ran)
          assert.strictEqual(outcome, "partial")
          assert.deepStrictEqual(
            files.map((file) => [file.path, file.sha256, file.error?.exitCode]),
            [
              [missing, null, 7],
              [clip, sha256, undefined],
            ],
          )
        }),
      ),
    60_000,
  )

  it.live(
    "prints results as text, without secrets",
    () =>
      withFiles(({ clip, sha256 }) =>
        Effect.gen(function* () {
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", "storm"], factor)
          assert.strictEqual(ran.exitCode, 0)
          assert.strictEqual(ran.stdout[0], `uploaded  ${clip}`)
          assert.strictEqual(ran.stdout[2], `  sha256 ${sha256}`)
          const words = [...ran.stdout, ...ran.stderr].join("\n")
          assert.notInclude(words, Redacted.value(Sandbox.credentials.clientSecret))
          assert.notInclude(words, "X-Amz-Signature")
          assert.notInclude(words, "Bearer")
        }),
      ),
    60_000,
  )
})
