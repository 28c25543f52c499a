/**
 * Uploads from a machine with a wrong clock to a server with a correct one, over real sockets.
 */
import { assert, describe, it } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Clock, ConfigProvider, Effect, Fiber, Layer } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import * as ScaledClock from "../support/ScaledClock.ts"

const hour = 3_600_000
const year = 8_766 * hour
const factor = 5

/** Runs a command line on a machine whose clock is `ahead` milliseconds ahead of the server's. */
const skewed = (home: string, ahead: number, args: ReadonlyArray<string>, lines?: OneRun.Lines) =>
  Effect.gen(function* () {
    // The server's clock keeps running. The local clock starts at its time plus the error.
    const there = yield* Clock.currentTimeMillis
    const here = performance.timeOrigin + performance.now()
    return yield* OneRun.command(args, factor, lines, there - here + ahead)
  }).pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: home } })),
  )

describe("an upload from a machine with a wrong clock", () => {
  it.live.each([
    ["1 h ahead of", hour, "60 min"],
    ["1 h behind", -hour, "60 min"],
    ["24 h ahead of", 24 * hour, "24 h"],
    ["24 h behind", -24 * hour, "24 h"],
    ["10 years ahead of", 10 * year, "3653 days"],
    ["10 years behind", -10 * year, "3653 days"],
  ] as const)(
    "succeeds with one asset and reports the clock if the clock is %s the server's clock",
    ([, ahead, span]) =>
      Effect.gen(function* () {
        const home = yield* Effect.acquireRelease(
          Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-clock-"))),
          (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
        )
        const clip = Path.join(home, "clip.mov")
        Fs.writeFileSync(clip, Buffer.alloc(600_000, 7))
        const sandbox = yield* Sandbox
        const lines: OneRun.Lines = { stdout: [], stderr: [] }
        const pairing = yield* Effect.forkChild(skewed(home, ahead, ["pair", "--api", sandbox.url], lines))
        let code: string | undefined
        while (code === undefined && pairing.pollUnsafe() === undefined) {
          yield* Effect.sleep("200 millis")
          code = /enter {2}(\S+)/.exec(lines.stderr.join("\n"))?.[1]
        }
        assert.isTrue(yield* sandbox.approve(code ?? ""), lines.stderr.join("\n"))
        assert.strictEqual((yield* Fiber.join(pairing)).exitCode, 0)
        const ran = yield* skewed(home, ahead, ["upload", clip, "--api", sandbox.url, "--json", "--no-pair"])
        assert.strictEqual(ran.exitCode, 0, ran.stderr.join("\n"))
        assert.lengthOf(yield* sandbox.assets, 1)
        const said = ran.stderr.filter((line) => line.includes("clock"))
        assert.lengthOf(said, 1)
        assert.include(
          said[0],
          `the clock of this machine is ${span} ${ahead < 0 ? "behind" : "ahead of"} the server's; `,
        )
        const reported = (yield* OneRun.events(ran)).flatMap((event) => (event.type === "clock" ? [event.aheadMs] : []))
        assert.lengthOf(reported, 1)
        assert.approximately(reported[0] ?? 0, ahead, 60_000)
      }).pipe(
        Effect.provide(Layer.fresh(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 }))),
        Effect.scoped,
        ScaledClock.provide(factor),
      ),
    30_000,
  )
})
