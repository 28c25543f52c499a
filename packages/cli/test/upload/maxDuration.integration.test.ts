/**
 * A run that `--max-duration` limits, against a storage that stays unreachable.
 */
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"

const factor = 1000

const run = (fault: string, limit: string, files: number) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-limit-"))),
    (directory) => {
      const plan = Path.join(directory, "plan.json")
      Fs.writeFileSync(plan, JSON.stringify({ name: "away", survivable: false, rules: [{ route: "chunk", fault }] }))
      const clips = Array.from({ length: files }, (_, n) => Path.join(directory, `A${n}.mov`))
      for (const clip of clips) Fs.writeFileSync(clip, Buffer.alloc(1000, 7))
      const args = ["upload", ...clips, "--sandbox", "--faults", plan, "--max-duration", limit, "--json"]
      return OneRun.command(args, factor).pipe(
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(directory, "state") } }),
        ),
      )
    },
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

describe("--max-duration", () => {
  it.live.each(["s3-slow-down", "internal-error", "hang", "unavailable"])(
    "ends a blocked run with exit code 5 and one asset if the storage has the fault %s",
    (fault) =>
      Effect.gen(function* () {
        const ran = yield* run(fault, "20min", 5)
        const { files, outcome } = yield* OneRun.summary(ran)
        assert.strictEqual(ran.exitCode, 5, ran.stderr.join("\n"))
        assert.strictEqual(outcome, "failed")
        assert.deepStrictEqual([...new Set(files.map(({ error }) => error?.tag))], ["TimeIsUp"])
        const line = ran.stderr.find((text) => text.includes("--max-duration")) ?? ""
        assert.match(
          line,
          /stopped after 20 min 00 s \(--max-duration\): 5 files were not sent: \S+A0\.mov, \S+A1\.mov, \S+A2\.mov and 2 more; run the command again to send the missing files$/,
        )
        const created = (yield* OneRun.events(ran)).filter(({ type }) => type === "created")
        assert.lengthOf(created, 1)
      }),
    120_000,
  )
})
