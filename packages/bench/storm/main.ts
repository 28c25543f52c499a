/**
 * The storm: complete uploads through faults with hundreds of seeds, all of which must arrive completely.
 *
 * Each run is the command itself with its own sandbox. All waits are shortened by one factor, which client and sandbox get as a
 * `Clock`, so that a run of a minute takes seconds and keeps its proportions.
 *
 *     npm run test:storm -- [--seeds 10] [--plans storm,reauth] [--factor 20] [--at-once 4] [--bytes 1323065]
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { parseArgs, styleText } from "node:util"
import { median, sum } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"
import * as Format from "../../cli/src/terminal/Format.ts"
import * as OneRun from "../../cli/test/support/oneRun.ts"

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    plans: { type: "string", default: "storm,outage,reauth" },
    factor: { type: "string", default: "20" },
    "at-once": { type: "string", default: "4" },
    bytes: { type: "string", default: String(5 * 256 * 1024 + 12_345) },
  },
})
const seeds = Number(values.seeds)
const plans = values.plans.split(",")
const factor = Number(values.factor)
const atOnce = Number(values["at-once"])

/** One upload and its result. */
interface Uploaded {
  readonly plan: string
  readonly seed: number
  readonly exitCode: number
  readonly equal: boolean
  readonly attempts: number
  readonly retries: number
  readonly millis: number
  /** The last output of a failed run. */
  readonly words: string
}

const upload = (path: string, sha256: string, plan: string, seed: number): Effect.Effect<Uploaded> =>
  Effect.gen(function* () {
    const started = performance.now()
    const args = ["upload", path, "--sandbox", "--faults", plan, "--seed", String(seed), "--json", "--quiet"]
    // A run that hangs is a separate kind of failure, with its own exit code.
    const exit = yield* Effect.exit(Effect.timeout(OneRun.command(args, factor), "60 seconds"))
    const millis = performance.now() - started
    if (Exit.isFailure(exit)) {
      const words = Cause.pretty(exit.cause).split("\n")[0] ?? ""
      return { plan, seed, exitCode: -1, equal: false, attempts: 0, retries: 0, millis, words }
    }
    const ran = exit.value
    const summary = yield* Effect.option(OneRun.summary(ran))
    const told = summary._tag === "Some" ? summary.value : undefined
    return {
      plan,
      seed,
      exitCode: ran.exitCode,
      equal: told?.outcome === "uploaded" && told.files.every((file) => file.sha256 === sha256 && file.verified),
      attempts: told?.attempts ?? 0,
      retries: told?.retries ?? 0,
      millis,
      words: ran.stderr.at(-1) ?? "",
    }
  })

const table = (results: ReadonlyArray<Uploaded>): string => {
  const rows = plans.map((plan) => {
    const own = results.filter((result) => result.plan === plan)
    return [
      plan,
      String(own.length),
      String(own.filter(({ exitCode }) => exitCode === 0).length),
      String(own.filter(({ equal }) => equal).length),
      String(sum(own.map(({ attempts }) => attempts))),
      String(sum(own.map(({ retries }) => retries))),
      Format.elapsed(median(own.map(({ millis }) => millis))),
      Format.elapsed(median(own.map(({ millis }) => millis * factor))),
    ]
  })
  const all = [["plan", "runs", "exit 0", "equal", "attempts", "retries", "median", "unscaled"], ...rows]
  return columns(all, { rightFrom: 1 }).join("\n")
}

const program = Effect.gen(function* () {
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-storm-"))),
    (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
  )
  // The data that a failed upload saves for a diagnosis goes to the storm's folder instead of the user's.
  process.env["HOLDFAST_HOME"] = Path.join(directory, "home")
  process.env["XDG_CACHE_HOME"] = Path.join(directory, "cache")
  const path = Path.join(directory, "clip.mov")
  const bytes = Crypto.randomBytes(Number(values.bytes))
  Fs.writeFileSync(path, bytes)
  const sha256 = Crypto.createHash("sha256").update(bytes).digest("hex")
  console.log(
    `${plans.length * seeds} uploads of ${Format.bytes(bytes.length)}: ${plans.join(", ")}, ${seeds} seeds each, ` +
      `${atOnce} at once, waits 1/${factor}`,
  )

  // Ordered by seed across the plans, so that a short run covers all of them.
  const jobs = Array.from({ length: seeds }, (_, at) => plans.map((plan) => ({ plan, seed: at + 1 }))).flat()
  const started = performance.now()
  let done = 0
  const results = yield* Effect.forEach(
    jobs,
    ({ plan, seed }) =>
      Effect.tap(upload(path, sha256, plan, seed), (result) =>
        Effect.sync(() => {
          done++
          if (result.exitCode !== 0 || !result.equal) {
            console.log(
              styleText("red", `  ${plan} seed ${seed}: exit ${result.exitCode}, ${result.equal ? "" : "not "}equal`),
              result.words,
            )
          }
          if (done % 30 === 0)
            console.log(`  ${done} of ${jobs.length}, ${Format.elapsed(performance.now() - started)}`)
        }),
      ),
    { concurrency: atOnce },
  )
  console.log(`\n${table(results)}\n`)
  const bad = results.filter(({ exitCode, equal }) => exitCode !== 0 || !equal)
  console.log(
    bad.length === 0
      ? `all ${results.length} arrived completely in ${Format.elapsed(performance.now() - started)}`
      : `${bad.length} of ${results.length} did not arrive completely`,
  )
  return bad.length === 0 ? 0 : 1
}).pipe(Effect.scoped)

NodeRuntime.runMain(program, {
  teardown: (exit, onExit) => onExit(Exit.isSuccess(exit) ? Number(exit.value) : 1),
})
