/**
 * Uploads to a separate sandbox while a person pauses and resumes the device.
 */
import { assert, describe, it } from "@effect/vitest"
import { type FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Fiber, Layer } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import * as ScaledClock from "../support/ScaledClock.ts"

const factor = 20

type Rules = NonNullable<FaultPlan.FaultPlan["rules"]>

/** Starts a sandbox, pairs the command, and writes a file. */
const scene = <E>(
  rules: Rules,
  play: (scene: {
    readonly sandbox: Sandbox["Service"]
    readonly clip: string
    readonly upload: (lines: OneRun.Lines, ...flags: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
    readonly status: Effect.Effect<OneRun.Ran>
  }) => Effect.Effect<void, E>,
) =>
  Effect.gen(function* () {
    const home = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-device-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    const clip = Path.join(home, "clip.mov")
    Fs.writeFileSync(clip, Buffer.alloc(600_000, 7))
    const sandbox = yield* Sandbox
    const command = (args: ReadonlyArray<string>, lines?: OneRun.Lines) =>
      Effect.provideService(
        OneRun.command([...args, "--api", sandbox.url], factor, lines),
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(home, "state") } }),
      )
    const lines: OneRun.Lines = { stdout: [], stderr: [] }
    const pairing = yield* Effect.forkChild(command(["pair"], lines))
    let code: string | undefined
    while (code === undefined && pairing.pollUnsafe() === undefined) {
      yield* Effect.sleep("200 millis")
      code = /enter {2}(\S+)/.exec(lines.stderr.join("\n"))?.[1]
    }
    assert.isTrue(yield* sandbox.approve(code ?? ""))
    assert.strictEqual((yield* Fiber.join(pairing)).exitCode, 0)
    yield* play({
      sandbox,
      clip,
      upload: (out, ...flags) => command(["upload", clip, ...flags], out),
      status: command(["status", "--json"]),
    })
  }).pipe(
    Effect.provide(Layer.fresh(Sandbox.layer({ plan: { name: "test", survivable: false, rules }, seed: 7 }))),
    Effect.scoped,
    ScaledClock.provide(factor),
  )

const devices = (ran: OneRun.Ran) =>
  Effect.map(OneRun.events(ran), (events) =>
    events.flatMap((event) => (event.type === "device" ? [[event.project, event.status]] : [])),
  )

describe("an upload while a person pauses the device", () => {
  it.live(
    "waits before the asset is created, prints the reason, and continues when the device is resumed",
    () =>
      scene([], ({ sandbox, status, upload }) =>
        Effect.gen(function* () {
          yield* sandbox.setPaused(true)
          const said = JSON.parse((yield* status).stdout[0] ?? "")
          assert.deepInclude(said, { project: "Sandbox", status: "paused" })
          const lines: OneRun.Lines = { stdout: [], stderr: [] }
          const uploading = yield* Effect.forkChild(upload(lines, "--json"))
          const isWaiting = () =>
            lines.stdout.some((line) => line.includes('"waiting":"the device is paused in Frame.io'))
          while (!isWaiting() && uploading.pollUnsafe() === undefined) yield* Effect.sleep("1 second")
          yield* Effect.sleep("10 seconds")
          assert.deepStrictEqual(yield* sandbox.assets, [])
          yield* sandbox.setPaused(false)
          const ran = yield* Fiber.join(uploading)
          assert.strictEqual(ran.exitCode, 0, ran.stderr.join("\n"))
          assert.lengthOf(yield* sandbox.assets, 1)
          const seen = (yield* devices(ran)).filter(([, status]) => status !== "unknown")
          assert.deepStrictEqual(seen.slice(0, 2), [
            ["Sandbox", "paused"],
            ["Sandbox", "online"],
          ])
          assert.match(ran.stderr.join("\n"), /the device is paused in Frame\.io; resume it there/)
          assert.match(ran.stderr.join("\n"), /the device is no longer paused in Frame\.io/)
        }),
      ),
    60_000,
  )

  for (const kind of ["unavailable", "hang", "reset-before", "socket-silent", "socket-drop"] as const) {
    it.live(
      `sends the files although each socket has the fault ${kind}`,
      () =>
        scene([{ route: "socket", fault: { kind } }], ({ sandbox, upload }) =>
          Effect.gen(function* () {
            const ran = yield* upload({ stdout: [], stderr: [] }, "--json")
            assert.strictEqual(ran.exitCode, 0, ran.stderr.join("\n"))
            assert.lengthOf(yield* sandbox.assets, 1)
            assert.include(yield* Effect.map(devices(ran), (seen) => seen.map(([project]) => project)), "Sandbox")
            assert.deepStrictEqual((yield* OneRun.summary(ran)).errors, {})
          }),
        ),
      60_000,
    )
  }
})
