import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as PolicyDefault from "../../src/policy/Default.ts"
import * as PolicyReport from "../../src/policy/Report.ts"
import * as PolicySvg from "../../src/policy/Svg.ts"
import * as PolicyView from "../../src/policy/View.ts"
import { everything, ran, run, withDirectory } from "../support/policies.ts"

describe("holdfast policy", () => {
  it.live("shows the policy of the C2C client if no operand is given", () =>
    Effect.gen(function* () {
      const { exitCode, stderr, stdout } = yield* run([])
      assert.deepStrictEqual([exitCode, stderr], [0, []])
      assert.deepStrictEqual(
        stdout,
        PolicyView.lines(PolicyReport.make("", PolicyDefault.settings, PolicyDefault.gates), {
          columns: 80,
          color: false,
          unicode: true,
        }),
      )
    }),
  )

  it.live("shows the policy from a file, and uses only ASCII if the locale does not support other characters", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const file = Path.join(directory, "p.json")
        Fs.writeFileSync(file, JSON.stringify(everything))
        const { exitCode, stdout } = yield* run([file], { LC_ALL: "C" })
        assert.strictEqual(exitCode, 0)
        assert.match(stdout.join("\n"), /^deadline 120 s >\n/)
        assert.match(stdout.join("\n"), /^[\n\x20-\x7e]*$/)
      }),
    ),
  )

  it.live("prints one JSON object with --json and uses null for unlimited times", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* ran(["--json"], '{"retry": {"attempts": 2}}')
      assert.deepStrictEqual([exitCode, stdout.length], [0, 1])
      const { source, ...printed } = JSON.parse(stdout[0] ?? "")
      assert.match(source, /p\.json$/)
      assert.deepStrictEqual(printed, {
        type: "policy",
        line: "retry 2 attempts (500 ms ×2 ≤ 32 s, equal jitter) › send",
        settings: { retry: { attempts: 2 } },
        worstCase: {
          text: "≤ 2 attempts, unlimited time, ≤ 2× load",
          attempts: 2,
          timeMs: null,
          hintedMs: null,
          load: 2,
          beyond: [],
        },
        attemptMs: null,
        deadlineMs: null,
        attempts: [
          { number: 1, waitMs: null, startMs: [0, 0] },
          { number: 2, waitMs: [250, 500], startMs: [250, null] },
        ],
        more: 0,
        late: 0,
      })
    }),
  )

  it.live("prints the picture instead of the text when called with `--svg -`", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* run(["--svg", "-"])
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(
        `${stdout.join("\n")}\n`,
        PolicySvg.make(PolicyReport.make("", PolicyDefault.settings, PolicyDefault.gates)),
      )
    }),
  )

  describe("invalid settings", () => {
    const cases: ReadonlyArray<readonly [content: string, line: string]> = [
      ["", "p.json:1:1: expected JSON, got the end of the text"],
      ['{\n  "retry": {attempts: 3}\n}', 'p.json:2:13: expected JSON, got "a"'],
      ["[]", "p.json: expected an object, got a list"],
      [
        '{"breaker":{"window":{"calls":"ten"}}}',
        'p.json: breaker.window.calls: expected an integer from 1 to 1000000, got "ten"',
      ],
      ['{"brekaer":{}}', "p.json: brekaer: unknown key (expected breaker)"],
      [
        '{"budget":{}}',
        "p.json: budget: expected combined with retry or hedge, because it limits their extra attempts, got alone",
      ],
      [
        '{"retry":{"attempts":0},"timeout":-1}',
        "p.json: 2 problems: retry.attempts: expected an integer >= 1, got 0; timeout: expected a duration > 0 ms, got -1",
      ],
    ]
    for (const [content, line] of cases) {
      it.live(`reports the problem and exits with 2: ${content}`, () =>
        Effect.gen(function* () {
          const { exitCode, stderr, stdout } = yield* ran([], content)
          assert.deepStrictEqual([exitCode, stdout, stderr], [2, [], [`holdfast: ${line}; correct the settings`]])
        }),
      )
    }

    it.live("rejects `--json` together with `--svg -`", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["--json", "--svg", "-"])
        assert.deepStrictEqual(
          [exitCode, stderr],
          [2, ["holdfast: --json and --svg - both print to standard output; remove one of them"]],
        )
      }),
    )

    it.live("does not print characters that control a terminal", () =>
      Effect.gen(function* () {
        const { stderr } = yield* ran([], '{"\\u001b[31mred": 1}')
        assert.include(stderr[0] ?? "", "\\x1b[31mred")
      }),
    )
  })

  describe("an unreadable settings file", () => {
    it.live("rejects a missing file and a directory", () =>
      withDirectory((directory) =>
        Effect.gen(function* () {
          const missing = yield* run([Path.join(directory, "no.json")])
          assert.deepStrictEqual(
            [missing.exitCode, missing.stderr],
            [2, [`holdfast: ${directory}/no.json: no such file; check the path`]],
          )
          const folder = yield* run([directory])
          assert.deepStrictEqual(
            [folder.exitCode, folder.stderr],
            [2, [`holdfast: ${directory}: is a directory, not a file; name a file in it`]],
          )
        }),
      ),
    )
  })
})
