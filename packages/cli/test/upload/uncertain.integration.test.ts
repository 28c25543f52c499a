/**
 * Uploads of real processes that are killed before they know whether the asset was created.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import { scene, within } from "../support/paired.ts"
import { created, start, summaryOf } from "../support/uploadProcess.ts"
import * as Withholding from "../support/withholding.ts"

interface Scene {
  readonly api: string
  readonly folder: string
  readonly file: string
  /** The number of assets at the server. */
  readonly assets: Effect.Effect<number>
  readonly queue: (...args: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
}

/** Kills an upload after the server has created the asset and before the response has arrived. */
const killed = <E>(play: (scene: Scene) => Effect.Effect<void, E>) => {
  const front = Withholding.make("/assets")
  return scene(
    (api, folder, sandbox) =>
      Effect.gen(function* () {
        const file = Path.join(folder, "B.mov")
        const assets = Effect.orDie(Effect.map(sandbox.assets, (all) => all.length))
        const queue = (...args: ReadonlyArray<string>) =>
          within(folder, OneRun.command(["queue", ...args, "--api", api]))
        const first = start(folder, [file, "--api", api])
        yield* front.untilWithheld
        yield* first.kill
        assert.deepStrictEqual([created(first), yield* assets], [[], 1])
        yield* play({ api, folder, file, assets, queue })
      }),
    front.serve,
  )
}

const listed = ({ stdout }: OneRun.Ran) =>
  (
    JSON.parse(stdout.at(-1) ?? "{}") as {
      readonly files: ReadonlyArray<{ readonly id: string; readonly state: string }>
    }
  ).files

/** Asserts that a run did not create an asset and stated that one may exist. */
const assertReported = (run: ReturnType<typeof start>) => {
  const { files, outcome } = summaryOf(run)
  assert.strictEqual(outcome, "failed")
  assert.deepStrictEqual(
    files.map((entry) => [entry.outcome, entry.error?.tag]),
    [["failed", "AssetCreationUncertain"]],
  )
  assert.notStrictEqual(run.exitCode(), 0)
  assert.match(run.stderr(), /--create-again/)
  assert.deepStrictEqual(created(run), [])
}

describe("an upload that is killed before it knows whether the asset was created", () => {
  it.live(
    "is reported by each further run, which creates no second asset, until queue retry --create-again",
    () =>
      killed(({ api, assets, file, folder, queue }) =>
        Effect.gen(function* () {
          // Without files, the run sends what the killed run left.
          for (const files of [[], [file]]) {
            const run = start(folder, [...files, "--api", api])
            yield* run.ended
            assertReported(run)
            assert.strictEqual(yield* assets, 1)
          }
          const [upload] = listed(yield* queue("list", "--json"))
          assert.strictEqual(upload?.state, "uncertain")
          const refused = yield* queue("retry", upload?.id ?? "")
          assert.strictEqual(refused.exitCode, 2)
          assert.match(refused.stderr.join("\n"), /the asset may exist already; .*--create-again/)
          assert.strictEqual((yield* queue("retry", "--all")).exitCode, 0)
          assert.deepStrictEqual(
            listed(yield* queue("list", "--json")).map(({ state }) => state),
            ["uncertain"],
          )
          yield* queue("retry", upload?.id ?? "", "--create-again")
          const last = start(folder, ["--api", api])
          yield* last.ended
          assert.strictEqual(last.exitCode(), 0, last.stderr())
          assert.deepInclude(summaryOf(last).files[0], { outcome: "uploaded", verified: true, bytes: 300_000 })
          assert.deepStrictEqual([created(last).length, yield* assets], [1, 2])
        }),
      ),
    120_000,
  )

  it.live(
    "is uploaded with another asset by upload --create-again",
    () =>
      killed(({ api, assets, file, folder }) =>
        Effect.gen(function* () {
          const run = start(folder, [file, "--create-again", "--api", api])
          yield* run.ended
          assert.strictEqual(run.exitCode(), 0, run.stderr())
          assert.deepInclude(summaryOf(run).files[0], { outcome: "uploaded", verified: true })
          assert.strictEqual(yield* assets, 2)
        }),
      ),
    120_000,
  )
})
