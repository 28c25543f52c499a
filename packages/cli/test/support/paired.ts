/**
 * A device that is paired with a sandbox in this process.
 */
import { assert } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Fiber, Layer, type Scope } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "./oneRun.ts"

/** Runs with the tokens and the queue in `state` below a folder. */
export const within = <A, E>(folder: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(
    effect,
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(folder, "state") } }),
  )

/**
 * Starts a sandbox in this process, pairs the device in `state` below a temporary folder, and writes `A.mov` (6 MB) and
 * `B.mov` (300 kB) to that folder. `front` returns the address of a server in front of the sandbox.
 */
export const scene = <E>(
  play: (api: string, folder: string, sandbox: Sandbox["Service"]) => Effect.Effect<void, E>,
  front: (url: string) => Effect.Effect<string, never, Scope.Scope> = Effect.succeed,
) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-kill-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    Fs.writeFileSync(Path.join(folder, "A.mov"), Buffer.alloc(6_000_000, 1))
    Fs.writeFileSync(Path.join(folder, "B.mov"), Buffer.alloc(300_000, 2))
    const sandbox = yield* Sandbox
    const api = yield* front(sandbox.url)
    const out: OneRun.Lines = { stdout: [], stderr: [] }
    const pairing = yield* Effect.forkChild(within(folder, OneRun.command(["pair", "--api", api], 1, out)))
    let code: string | undefined
    while (code === undefined && pairing.pollUnsafe() === undefined) {
      yield* Effect.sleep("50 millis")
      code = /enter {2}(\S+)/.exec(out.stderr.join("\n"))?.[1]
    }
    assert.isTrue(yield* sandbox.approve(code ?? ""))
    assert.strictEqual((yield* Fiber.join(pairing)).exitCode, 0)
    yield* play(api, folder, sandbox)
  }).pipe(Effect.provide(Layer.fresh(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 }))), Effect.scoped)
