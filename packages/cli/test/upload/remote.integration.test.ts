/**
 * Pairing, status and upload against a remote API: a separate sandbox, over real sockets.
 */
import { assert, describe, it } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Fiber, Layer, Redacted } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import * as ScaledClock from "../support/ScaledClock.ts"

const factor = 20

interface Scene {
  readonly api: string
  readonly home: string
  readonly clip: string
  readonly sandbox: Sandbox["Service"]
  readonly run: (...args: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
}

/** Runs with a home for the token. */
const within = <A, E>(home: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(
    effect,
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(home, "state") } }),
  )

/** Starts a sandbox and a home for the token, and runs the command with that home. */
const scene = <E>(play: (scene: Scene) => Effect.Effect<void, E>) =>
  Effect.gen(function* () {
    const home = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-home-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    const clip = Path.join(home, "clip.mov")
    Fs.writeFileSync(clip, Buffer.alloc(600_000, 7))
    const sandbox = yield* Sandbox
    const run = (...args: ReadonlyArray<string>) => within(home, OneRun.command(args, factor))
    yield* play({ api: sandbox.url, home, clip, sandbox, run })
  }).pipe(
    Effect.provide(Layer.fresh(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 }))),
    Effect.scoped,
    ScaledClock.provide(factor),
  )

/** Pairs the device: the person reads the code on standard error and approves it. */
const pair = ({ api, home, sandbox }: Scene) =>
  Effect.gen(function* () {
    const lines: OneRun.Lines = { stdout: [], stderr: [] }
    const pairing = yield* Effect.forkChild(within(home, OneRun.command(["pair", "--api", api], factor, lines)))
    let code: string | undefined
    while (code === undefined && pairing.pollUnsafe() === undefined) {
      yield* Effect.sleep("200 millis")
      code = /enter {2}(\S+)/.exec(lines.stderr.join("\n"))?.[1]
    }
    assert.isTrue(yield* sandbox.approve(code ?? ""))
    return yield* Fiber.join(pairing)
  })

const files = (directory: string): ReadonlyArray<string> =>
  Fs.existsSync(directory)
    ? Fs.readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => Path.join(entry.parentPath, entry.name))
    : []

describe("an upload to a remote API", () => {
  it.live("does not upload from an unpaired device, and prints the pairing command", () =>
    scene(({ api, clip, run }) =>
      Effect.gen(function* () {
        const ran = yield* run("upload", clip, "--api", api, "--json", "--no-pair")
        assert.strictEqual(ran.exitCode, 4)
        assert.lengthOf(ran.stderr, 1)
        assert.include(ran.stderr[0], `run holdfast pair --api ${api}`)
        const { files: entries, outcome } = yield* OneRun.summary(ran)
        assert.deepStrictEqual([outcome, entries[0]?.error?.tag], ["failed", "PairingNeeded"])
        const status = yield* run("status", "--api", api, "--json")
        assert.strictEqual(status.exitCode, 4)
        assert.deepInclude(JSON.parse(status.stdout[0] ?? ""), { reachable: true, paired: false })
      }),
    ),
  )

  it.live(
    "continues after another process has paired the device, and does not request a code itself",
    () =>
      scene((here) =>
        Effect.gen(function* () {
          const lines: OneRun.Lines = { stdout: [], stderr: [] }
          const args = ["upload", here.clip, "--api", here.api, "--json", "--quiet"]
          const uploading = yield* Effect.forkChild(within(here.home, OneRun.command(args, factor, lines)))
          while (!lines.stdout.some((line) => line.includes("pairing-needed"))) yield* Effect.sleep("200 millis")
          assert.match(lines.stderr.join("\n"), /run holdfast pair --api \S+ on this machine; this run waits for up to/)
          assert.strictEqual((yield* pair(here)).exitCode, 0)
          const ran = yield* Fiber.join(uploading)
          assert.strictEqual(ran.exitCode, 0, ran.stderr.join("\n"))
          const types = (yield* OneRun.events(ran)).map(({ type }) => type)
          assert.include(types, "paired")
          assert.notInclude(types, "pairing")
        }),
      ),
    30_000,
  )

  it.live("does not ask the user for approval if the token cannot be saved", () =>
    scene(({ api, clip }) =>
      Effect.gen(function* () {
        // The home is below a regular file, so no user, not even root, can create anything in it.
        const ran = yield* within(clip, OneRun.command(["pair", "--api", api], factor))
        assert.strictEqual(ran.exitCode, 7)
        assert.lengthOf(ran.stderr, 1)
        assert.match(ran.stderr[0] ?? "", /cannot be saved to .*; move that file away$/)
      }),
    ),
  )

  it.live(
    "exits with 4 if the saved token is rejected and --no-pair is set",
    () =>
      scene((here) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* pair(here)).exitCode, 0)
          const file = files(Path.join(here.home, "state")).find((name) => name.endsWith(".json"))
          assert.isDefined(file)
          const content = Fs.readFileSync(file ?? "", "utf8")
          Fs.writeFileSync(file ?? "", content.replace(/("(?:access|refresh)Token":")[^"]+/g, "$1worthless"))
          const ran = yield* here.run("upload", here.clip, "--api", here.api, "--json", "--quiet", "--no-pair")
          assert.strictEqual(ran.exitCode, 4, ran.stderr.join("\n"))
          assert.include(ran.stderr.at(-1), `holdfast pair --api ${here.api}`)
        }),
      ),
    30_000,
  )

  it.live(
    "pairs the device, reports its status, uploads a file, and stores all secrets in one file with mode 0600",
    () =>
      scene((here) =>
        Effect.gen(function* () {
          const { api, clip, home, run } = here
          const paired = yield* pair(here)
          assert.strictEqual(paired.exitCode, 0, paired.stderr.join("\n"))
          const status = yield* run("status", "--api", api, "--json")
          assert.strictEqual(status.exitCode, 0, status.stderr.join("\n"))
          assert.deepInclude(JSON.parse(status.stdout[0] ?? ""), { reachable: true, paired: true })
          const uploaded = yield* run("upload", clip, "--api", api, "--json")
          assert.strictEqual(uploaded.exitCode, 0, uploaded.stderr.join("\n"))
          const summary = yield* OneRun.summary(uploaded)
          // A claim of a server outside this process proves nothing, so the command does not ask it.
          assert.deepInclude(summary.files[0], { sha256: null, verified: true })

          const state = files(Path.join(home, "state")).filter((file) => Fs.statSync(file).size > 0)
          for (const file of state) assert.strictEqual(Fs.statSync(file).mode & 0o777, 0o600, file)
          const [holder = "", ...others] = state.toSorted(
            (a, b) => Number(b.includes("tokens")) - Number(a.includes("tokens")),
          )
          const { accessToken, refreshToken } = JSON.parse(Fs.readFileSync(holder, "utf8"))
          const stored = others.map((file) => Fs.readFileSync(file, "latin1"))
          assert.isNotEmpty(stored)
          const words = [paired, status, uploaded]
            .flatMap((ran) => [...ran.stdout, ...ran.stderr, ...stored])
            .join("\n")
          for (const secret of [accessToken, refreshToken, Redacted.value(Sandbox.credentials.clientSecret)]) {
            assert.isAbove(String(secret).length, 8)
            assert.notInclude(words, String(secret))
          }
          assert.notInclude(words, "X-Amz-Signature")
        }),
      ),
    30_000,
  )
})
