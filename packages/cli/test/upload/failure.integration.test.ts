/**
 * What a failed `holdfast upload` leaves behind: its line, the explanation, and the exchange on disk.
 */
import { assert, describe, it } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Fiber, Layer, Redacted } from "effect"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import * as ScaledClock from "../support/ScaledClock.ts"

/**
 * Waits are scaled most where all retries are used up. Elsewhere the time limits stay long enough for a busy machine.
 */
const factorOf = (args: ReadonlyArray<string>): number => (args.includes("paused") ? 20 : 200)

interface Scene {
  readonly directory: string
  readonly clip: string
  readonly exchanges: () => ReadonlyArray<string>
  /** Writes a plan with one permanent fault, and returns its path. */
  readonly plan: (route: string, fault: string) => string
  readonly run: (...args: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
}

const at = (home: string) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: home } }))

const scene = <E, R>(play: (scene: Scene) => Effect.Effect<void, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-failure-"))),
    (directory) => {
      const clip = Path.join(directory, "clip.mov")
      Fs.writeFileSync(clip, Buffer.alloc(600_000, 7))
      const home = Path.join(directory, "state")
      const kept = Path.join(home, "exchanges")
      return play({
        directory,
        clip,
        exchanges: () => (Fs.existsSync(kept) ? Fs.readdirSync(kept).map((name) => Path.join(kept, name)) : []),
        plan: (route, fault) => {
          const path = Path.join(directory, `${route}-${fault}.json`)
          Fs.writeFileSync(path, JSON.stringify({ name: fault, survivable: false, rules: [{ route, fault }] }))
          return path
        },
        run: (...args) => OneRun.command(args, factorOf(args)).pipe(at(home)),
      })
    },
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

/** Patterns of secrets: signatures, bearer tokens, the sandbox's credentials. */
const secrets = (text: string): ReadonlyArray<string> =>
  [/X-Amz-Signature=[0-9a-f]{8}/i, /Bearer [\w-]{4}/i, /"(?:access|refresh)_?token":\s*"(?!\[hidden)/i].flatMap(
    (pattern) => pattern.exec(text)?.[0] ?? [],
  )

describe("a failed upload", () => {
  it.live(
    "prints the cause below the error, saves the exchange, and prints the command that shows more details",
    () =>
      scene(({ clip, exchanges, run }) =>
        Effect.gen(function* () {
          const { exitCode, stderr, stdout } = yield* run("upload", clip, "--sandbox", "--faults", "paused", "-q")
          assert.deepStrictEqual([exitCode, stdout], [6, []])
          const [path = ""] = exchanges()
          assert.lengthOf(exchanges(), 1)
          const block = stderr.slice(1)
          assert.include(stderr[0], "Channel Paused")
          assert.match(block[0] ?? "", /^Diagnosis HF-C2C-/)
          assert.notInclude(block.join("\n"), "…", "a pipe gets whole texts")
          assert.isFalse(
            block.some((line) => line.startsWith("Answer:")),
            "the line above has the answer",
          )
          assert.strictEqual(block.at(-1), `More: holdfast explain ${path} --long`)
          assert.strictEqual(Fs.statSync(path).mode & 0o777, 0o600)

          const again = yield* run("explain", path)
          assert.strictEqual(again.exitCode, 0)
          assert.strictEqual(again.stdout[0], block[0])
          assert.deepStrictEqual(secrets(stderr.join("\n") + Fs.readFileSync(path, "utf8")), [])
        }),
      ),
    120_000,
  )

  it.live(
    "emits one event that contains the problem printed by `explain --json`",
    () =>
      scene(({ clip, exchanges, run }) =>
        Effect.gen(function* () {
          const ran = yield* run("upload", clip, "--sandbox", "--faults", "paused", "--json", "-q")
          assert.strictEqual(ran.exitCode, 6)
          assert.lengthOf(ran.stderr, 1)
          const told = (yield* OneRun.events(ran)).filter((event) => event.type === "explanation")
          assert.lengthOf(told, 1)
          const [event] = told
          const [path = ""] = exchanges()
          assert.deepStrictEqual([event?.path, event?.saved], [clip, path])
          const printed = yield* run("explain", path, "--json")
          // Only the command that reads a file reports the recognized format.
          const { recognized, ...problem } = JSON.parse(printed.stdout[0] ?? "")
          assert.strictEqual(recognized, "a saved exchange")
          assert.deepStrictEqual({ recognized: null, ...problem }, event?.problem)
        }),
      ),
    120_000,
  )

  for (const [route, fault, exitCode] of [
    ["chunk", "internal-error", 5],
    ["chunk", "s3-slow-down", 5],
    ["chunk", "reset-during", 5],
    ["assets", "html", 5],
    ["assets", "unavailable", 5],
    ["assets", "truncated", 5],
    ["assets", "reset-after", 5],
  ] as const) {
    it.live(
      `explains ${fault} on ${route} from the saved exchange without revealing a secret`,
      () =>
        scene(({ clip, exchanges, plan, run }) =>
          Effect.gen(function* () {
            // A storage that stays unreachable blocks the run.
            const limit = route === "chunk" ? ["--max-duration", "10min"] : []
            const ran = yield* run("upload", clip, "--sandbox", "--faults", plan(route, fault), "-q", ...limit)
            assert.strictEqual(ran.exitCode, exitCode, ran.stderr.join("\n"))
            assert.lengthOf(exchanges(), 1)
            const [path = ""] = exchanges()
            const text = Fs.readFileSync(path, "utf8")
            const long = yield* run("explain", path, "--long")
            const json = yield* run("explain", path, "--json")
            assert.strictEqual(ran.stderr[1], (yield* run("explain", path)).stdout[0])
            assert.match(JSON.parse(json.stdout[0] ?? "").code, /^HF-/)
            const words = [text, ...ran.stdout, ...ran.stderr, ...long.stdout, ...json.stdout].join("\n")
            assert.deepStrictEqual(secrets(words), [])
            assert.notInclude(words, Redacted.value(Sandbox.credentials.clientSecret))
          }),
        ),
      120_000,
    )
  }

  it.live(
    "explains the failure even if the exchange cannot be saved, and reports why it was not saved",
    () =>
      scene(({ clip }) =>
        Effect.gen(function* () {
          // No user, not even root, can create a file below a regular file.
          const ran = yield* OneRun.command(["upload", clip, "--sandbox", "--faults", "paused", "-q"], 20).pipe(
            at(clip),
          )
          assert.strictEqual(ran.exitCode, 6)
          assert.match(
            ran.stderr[1] ?? "",
            /^the exchange was not saved: cannot write to .*clip\.mov.* \(ENOTDIR\); set HOLDFAST_HOME/,
          )
          assert.match(ran.stderr[2] ?? "", /^Diagnosis HF-C2C-/)
          assert.match(ran.stderr.at(-1) ?? "", /^More: add --long|^More: .*holdfast explain HF-C2C-/)
        }),
      ),
    120_000,
  )

  it.live(
    "does not save an exchange for a problem with a local file",
    () =>
      scene(({ clip, directory, exchanges, run }) =>
        Effect.gen(function* () {
          const missing = Path.join(directory, "missing.mov")
          const ran = yield* run("upload", clip, missing, "--sandbox", "--faults", "calm", "--json", "-q")
          assert.strictEqual(ran.exitCode, 3)
          assert.deepStrictEqual(exchanges(), [])
          assert.isFalse((yield* OneRun.events(ran)).some((event) => event.type === "explanation"))
        }),
      ),
    120_000,
  )

  it.live(
    "does not reveal the token or the device's secret",
    () =>
      scene(({ clip, directory, exchanges, run }) =>
        Effect.gen(function* () {
          const sandbox = yield* Sandbox
          const home = Path.join(directory, "state")
          const lines: OneRun.Lines = { stdout: [], stderr: [] }
          const pairing = yield* Effect.forkChild(
            OneRun.command(["pair", "--api", sandbox.url], 200, lines).pipe(at(home)),
          )
          let code: string | undefined
          while (code === undefined && pairing.pollUnsafe() === undefined) {
            yield* Effect.sleep("200 millis")
            code = /enter {2}(\S+)/.exec(lines.stderr.join("\n"))?.[1]
          }
          assert.isTrue(yield* sandbox.approve(code ?? ""))
          assert.strictEqual((yield* Fiber.join(pairing)).exitCode, 0)

          const ran = yield* run("upload", clip, "--api", sandbox.url, "-q")
          assert.strictEqual(ran.exitCode, 6, ran.stderr.join("\n"))
          const [path = ""] = exchanges()
          const [holder = ""] = Fs.readdirSync(Path.join(home, "tokens"))
          const { accessToken, refreshToken } = JSON.parse(Fs.readFileSync(Path.join(home, "tokens", holder), "utf8"))
          const long = yield* run("explain", path, "--long")
          const words = [Fs.readFileSync(path, "utf8"), ...ran.stderr, ...long.stdout].join("\n")
          assert.include(words, "HF-C2C-")
          for (const secret of [accessToken, refreshToken, Redacted.value(Sandbox.credentials.clientSecret)]) {
            assert.isAbove(String(secret).length, 8)
            assert.notInclude(words, String(secret))
          }
        }),
      ).pipe(
        Effect.provide(Layer.fresh(Sandbox.layer({ plan: FaultPlan.named.paused, seed: 7 }))),
        Effect.scoped,
        ScaledClock.provide(200),
      ),
    120_000,
  )
})
