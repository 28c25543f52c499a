import { assert, describe, it } from "@effect/vitest"
import type { Pipeline } from "@holdfast/core"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Effect, FileSystem, PlatformError } from "effect"
import { XMLValidator } from "fast-xml-parser"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { stripVTControlCharacters } from "node:util"
import * as PolicyChart from "../../src/policy/Chart.ts"
import * as PolicyDefault from "../../src/policy/Default.ts"
import * as PolicyFile from "../../src/policy/File.ts"
import * as PolicyReport from "../../src/policy/Report.ts"
import * as PolicySvg from "../../src/policy/Svg.ts"
import * as PolicyText from "../../src/policy/Text.ts"
import * as PolicyView from "../../src/policy/View.ts"
import * as Printable from "../../src/terminal/Printable.ts"
import * as OneRun from "../support/oneRun.ts"

const everything: Pipeline.Settings = {
  deadline: "2 minutes",
  retry: { attempts: 6 },
  budget: { kind: "ratio" },
  hedge: { delay: { percentile: 0.95, max: "2 seconds" } },
  throttle: {},
  adaptiveLimit: { queue: 5 },
  bulkhead: { permits: 4, queue: 100, maxWait: "10 seconds" },
  breaker: { window: { duration: "30 seconds", slowCall: { over: "2 seconds", rate: 0.5 } } },
  timeout: "15 seconds",
}

const shapes: Readonly<Record<string, Pipeline.Settings>> = {
  nothing: {},
  everything,
  default: PolicyDefault.settings,
  "one attempt": { retry: { attempts: 1 }, timeout: "1 second" },
  "no timeout": { retry: {} },
  "very many attempts": { retry: { attempts: 9_007_199_254_740_991 }, timeout: "1 second" },
  "very many attempts within a deadline": { deadline: "1 hour", retry: { attempts: 1_000_000 }, timeout: "1 second" },
  "very many attempts at once": {
    deadline: "1 hour",
    retry: { attempts: 9_007_199_254_740_991, backoff: { jitter: "full" } },
  },
  "a deadline shorter than an attempt": { deadline: "1 second", retry: {}, timeout: "15 seconds" },
  milliseconds: { retry: { backoff: { base: 1, cap: 10 } }, timeout: 5 },
  days: { retry: { backoff: { base: "1 day", cap: "7 days" } }, timeout: "1 day" },
  "no jitter": { retry: { backoff: { jitter: "none" } }, timeout: "15 seconds" },
  "decorrelated jitter": { retry: { backoff: { jitter: "decorrelated" } }, timeout: "15 seconds" },
}

const report = (settings: Pipeline.Settings) => PolicyReport.make("test", settings, ["connectivity"])

const shown = (settings: Pipeline.Settings, options: Partial<PolicyView.Options> = {}) =>
  PolicyView.lines(report(settings), { columns: 80, color: false, unicode: true, ...options })

const names = Object.keys(shapes)
const shape = (name: string): Pipeline.Settings => shapes[name] ?? {}

describe("the chart of a policy", () => {
  it("has the wait and the beginning of each attempt, between all that fail at once and all that take their time", () => {
    const { rows } = PolicyChart.make({ retry: { attempts: 4 }, timeout: "15 seconds" })
    assert.deepStrictEqual(rows, [
      { number: 1, wait: undefined, start: { shortest: 0, longest: 0 } },
      { number: 2, wait: { shortest: 250, longest: 500 }, start: { shortest: 250, longest: 15_500 } },
      { number: 3, wait: { shortest: 500, longest: 1000 }, start: { shortest: 750, longest: 31_500 } },
      { number: 4, wait: { shortest: 1000, longest: 2000 }, start: { shortest: 1750, longest: 48_500 } },
    ])
  })

  it.each(names)("ends with the worst case of the pipeline: %s", (name) => {
    const settings = shape(name)
    const { time } = report(settings).worst
    const { attempt, deadline, late, more, rows } = PolicyChart.make(settings)
    const last = rows.at(-1)
    if (more > 0 || late > 0 || last === undefined) return
    assert.strictEqual(Math.min(last.start.longest + attempt, deadline), time)
  })

  it("counts the attempts that are not drawn, and those that the deadline leaves no time for", () => {
    const { late, more, rows } = PolicyChart.make(shape("very many attempts within a deadline"))
    // The seventh begins after 15.75 s, and then one every 16 s for the rest of the hour.
    assert.deepStrictEqual([rows.length, rows.length + more + late], [PolicyChart.most, 1_000_000])
    assert.strictEqual(rows.length + more, 7 + Math.floor((3600 - 15.75) / 16))
    assert.strictEqual(PolicyChart.make(shape("very many attempts")).more, 9_007_199_254_740_991 - PolicyChart.most)
  })

  it("puts round times on its axis, never too many", () => {
    assert.deepStrictEqual(PolicyChart.ticks(183_500, 5), [0, 60_000, 120_000, 180_000])
    for (let end = 1; end < 1e12; end *= 1.7) {
      const ticks = PolicyChart.ticks(end, 5)
      assert.isAtMost(ticks.length, 5)
      assert.isAbove(ticks.length, 1, String(end))
      assert.isAtMost(ticks.at(-1) ?? 0, end)
    }
  })
})

describe("times of a policy", () => {
  it.each([
    [0, "0 s"],
    [0.5, "0.5 ms"],
    [999, "999 ms"],
    [15_000, "15 s"],
    [183_500, "183.5 s"],
    [9_000_000, "2.5 h"],
    [Infinity, "without bound"],
  ])("say %d ms as %s", (ms, text) => assert.strictEqual(PolicyText.time(ms), text))

  it.each([
    [250, 500, "250–500 ms"],
    [500, 1000, "0.5–1 s"],
    [0, 0, "0 s"],
    [2000, 2000, "2 s"],
    [1_800_000, 7_200_000, "0.5–2 h"],
    [750, Infinity, "from 750 ms"],
  ])("say %d to %d ms as %s", (from, to, text) => assert.strictEqual(PolicyText.range(from, to), text))
})

describe("holdfast policy in a terminal", () => {
  it("prints the line, the worst case with its reasons, and the chart", () => {
    assert.deepStrictEqual(
      PolicyView.lines(PolicyReport.make("x", PolicyDefault.settings, PolicyDefault.gates), {
        columns: 80,
        color: false,
        unicode: true,
      }),
      [
        "retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter) ›",
        "  gates connectivity + authorization › timeout 15 s › send",
        "",
        "worst case: ≤ 8 attempts, ≤ 183.5 s, ≤ 8× load, ≤ 960 s if longer waits are",
        "  asked for, closed gates apart",
        '  attempts  ≤ 8 requests  the first, and 7 more where the verdict is "always"',
        "  time      ≤ 183.5 s     8 × 15 s, 63.5 s of waits",
        "  if asked  ≤ 960 s       longer waits may be asked for, 840 s in all",
        "  load      ≤ 8×          without a budget a call may cost all its requests",
        "  apart     closed gates  while the vendor or a token is away, calls wait there",
        "",
        "#        wait      begins at  0               60 s            120 s",
        "                              ┬───────────────┬───────────────┬────────────────┬",
        "1                        0 s  ████",
        "2  250–500 ms    0.25–15.5 s     ▒████",
        "3     0.5–1 s    0.75–31.5 s         ▒█████",
        "4       1–2 s    1.75–48.5 s              ▒████",
        "5       2–4 s    3.75–67.5 s                   ░████",
        "6       4–8 s    7.75–90.5 s                        ░░▒████",
        "7      8–16 s  15.75–121.5 s                               ░░▒▒████",
        "8     16–32 s  31.75–168.5 s                                       ░░░░░▒▒▒▒████",
        "",
        "█ attempt, up to 15 s   ░ wait   ▒ its jitter",
        "Drawn at the latest: every attempt takes all its time, every wait is the",
        "longest.",
      ],
    )
  })

  it.each(names)("fits its columns: %s", (name) => {
    for (const columns of [40, 60, 80, 100]) {
      for (const line of shown(shape(name), { columns })) assert.isAtMost(line.length, columns, line)
    }
  })

  it.each(names)("says the same with colour and without: %s", (name) => {
    const plain = shown(shape(name))
    assert.notInclude(plain.join("\n"), "\u001b")
    const colored = shown(shape(name), { color: true }).map((line) => Printable.line(line, true))
    assert.include(colored.join("\n"), "\u001b[")
    assert.deepStrictEqual(
      colored.map((line) => stripVTControlCharacters(line).trimEnd()),
      plain.map((line) => line.trimEnd()),
    )
  })

  it.each(names)("is ASCII where the terminal has no more: %s", (name) => {
    const text = shown(shape(name), { unicode: false }).join("\n")
    assert.match(text, /^[\n\x20-\x7e]*$/)
    assert.strictEqual(
      text
        .split(/\n\s+\+[+-]*\n/)[1]
        ?.split("\n")
        .filter((line) => /^ *\d+ /.test(line)).length,
      PolicyChart.make(shape(name)).rows.length,
    )
  })

  it("draws a deadline that is nearer than the end, and what stands behind it in words", () => {
    const lines = shown({ deadline: "1 minute", retry: { attempts: 30 }, timeout: "2 seconds" })
    assert.isTrue(lines.some((line) => /^8 .*░┊$/.test(line)))
    assert.include(lines, "and 21 attempts for which the deadline leaves no time")
    assert.isTrue(lines.some((line) => line.includes("┊ deadline 60 s")))
    assert.notInclude(shown({ deadline: "1 hour", retry: {}, timeout: "2 seconds" }).join(""), "┊")
  })

  it.each([
    [{ term: "xterm", locales: ["", "", "en_US.UTF-8"] }, true],
    [{ term: "xterm", locales: ["C", "", "en_US.UTF-8"] }, false],
    [{ term: "xterm", locales: ["", "C.utf8", "C"] }, true],
    [{ term: "xterm", locales: ["", "", ""] }, true],
    [{ term: "dumb", locales: ["", "", "en_US.UTF-8"] }, false],
  ])("knows from %j whether there is Unicode", (environment, unicode) =>
    assert.strictEqual(PolicyView.showsUnicode(environment), unicode),
  )
})

describe("the figures of a worst case", () => {
  const why = (settings: Pipeline.Settings, name: string) =>
    report(settings).figures.find((figure) => figure.name === name)?.why

  it("say what they are made of", () => {
    assert.strictEqual(why({ retry: { attempts: 3 }, timeout: "5 seconds" }, "time"), "3 × 5 s, 1.5 s of waits")
    assert.strictEqual(why({ timeout: "5 seconds" }, "time"), "5 s")
    assert.strictEqual(why({}, "time"), "no timeout bounds an attempt")
    const queue = { bulkhead: { permits: 1, queue: 5, maxWait: "10 seconds" } } as const
    assert.strictEqual(
      why({ ...queue, retry: { attempts: 2 }, timeout: "5 seconds" }, "time"),
      "2 × (5 s + 10 s in queues), 500 ms of waits",
    )
    assert.strictEqual(why({ hedge: { delay: "1 second" }, timeout: "5 seconds" }, "time"), "(5 s + 1 s for copies)")
    assert.strictEqual(
      why({ deadline: "10 seconds", retry: { attempts: 3 }, timeout: "5 seconds" }, "time"),
      "the deadline; without it 16.5 s: 3 × 5 s, 1.5 s of waits",
    )
    assert.strictEqual(
      why({ retry: {}, budget: { kind: "ratio" } }, "load"),
      "the budget: 20 more requests for 100 calls, in the long run",
    )
    assert.strictEqual(why({}, "load"), "nothing is sent twice")
    assert.strictEqual(
      why({ adaptiveLimit: { queue: 5 }, timeout: "5 seconds" }, "apart"),
      "while the vendor or a token is away, calls wait there",
    )
  })
})

describe("the picture of a policy", () => {
  it.each(names)("is small, and the same each time: %s", (name) => {
    const svg = PolicySvg.make(report(shape(name)))
    assert.isBelow(Buffer.byteLength(svg), 20_000)
    assert.strictEqual(svg, PolicySvg.make(report(shape(name))))
    assert.notMatch(svg, /NaN|Infinity|undefined/)
  })

  it.each(names)("is well formed, and stays within its frame: %s", (name) => {
    const svg = PolicySvg.make(report(shape(name)))
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    for (const [, tag, attributes = ""] of svg.matchAll(/<(rect|circle|line|text) ([^>]*)>/g)) {
      const at = (key: string) => Number(new RegExp(`(?:^| )${key}="([^"]*)"`).exec(attributes)?.[1] ?? 0)
      const right = tag === "rect" ? at("x") + at("width") : Math.max(at("x"), at("cx"), at("x2"))
      assert.isAtMost(right, Number(width), attributes)
      assert.isAtMost(Math.max(at("y"), at("cy"), at("y2")), Number(height), attributes)
      assert.isAtLeast(Math.min(at("x"), at("y"), at("width"), at("height")), 0, attributes)
    }
    assert.isTrue(XMLValidator.validate(svg))
  })

  it("has its text as text, for readers and for the ear, in light and in dark", () => {
    const svg = PolicySvg.make(report(everything))
    const { line, worst } = report(everything)
    assert.include(svg, `<title id="t">${line}</title>`)
    assert.include(svg, `<desc id="d">${worst.text}</desc>`)
    assert.include(svg, 'role="img" aria-labelledby="t d"')
    assert.include(svg, "prefers-color-scheme:dark")
    for (const text of ["begins at", "250–500 ms", "its jitter", "deadline 120 s"]) assert.include(svg, `>${text}<`)
  })

  it("writes out what has a meaning in XML", () => {
    const svg = PolicySvg.make({ ...report({}), line: `a < b & "c"` })
    assert.include(svg, '<title id="t">a &lt; b &amp; &quot;c&quot;</title>')
  })
})

const withDirectory = <A>(play: (directory: string) => Effect.Effect<A>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-policy-"))),
    play,
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
  )

const run = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.provideService(
    OneRun.command(["policy", ...args]),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromEnv({ env }),
  )

const ran = (args: ReadonlyArray<string>, content?: string | Uint8Array) =>
  withDirectory((directory) => {
    const file = Path.join(directory, "p.json")
    if (content !== undefined) Fs.writeFileSync(file, content)
    return Effect.map(run([file, ...args]), ({ stderr, ...rest }) => ({
      ...rest,
      stderr: stderr.map((line) => line.replaceAll(`${directory}/`, "")),
    }))
  })

describe("holdfast policy", () => {
  it.live("shows the policy of the C2C client where no file is named", () =>
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

  it.live("shows a file, in ASCII where the locale has no more", () =>
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

  it.live("prints one object with --json, with null where nothing bounds a time", () =>
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
          text: "≤ 2 attempts, time without bound, ≤ 2× load",
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

  it.live("draws the picture into a file beside the text, whole or not at all", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const file = Path.join(directory, "policy.svg")
        const expected = PolicySvg.make(PolicyReport.make("", PolicyDefault.settings, PolicyDefault.gates))
        for (const before of [undefined, "an older picture", "x".repeat(100_000)]) {
          if (before !== undefined) Fs.writeFileSync(file, before, { mode: 0o640 })
          const { exitCode, stderr, stdout } = yield* run(["--svg", file])
          assert.deepStrictEqual([exitCode, stderr], [0, [`drawn to ${file}`]])
          assert.isAbove(stdout.length, 10)
          assert.strictEqual(Fs.readFileSync(file, "utf8"), expected)
          assert.deepStrictEqual(Fs.readdirSync(directory), ["policy.svg"])
        }
      }),
    ),
  )

  it.live("leaves the old picture and nothing else where the disk fills up on the way", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const file = Path.join(directory, "policy.svg")
        Fs.writeFileSync(file, "an older picture")
        const fs = yield* FileSystem.FileSystem
        const cause = Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
        const full = PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method: "sync", cause })
        const error = yield* PolicyFile.write(file, "a picture").pipe(
          Effect.provideService(FileSystem.FileSystem, {
            ...fs,
            open: (...args) =>
              Effect.map(fs.open(...args), (opened) =>
                Object.defineProperty(opened, "sync", { value: Effect.fail(full) }),
              ),
          }),
          Effect.flip,
        )
        assert.strictEqual(error._tag, "LocalProblem")
        assert.match(error.message, /the disk is full/)
        assert.strictEqual(Fs.readFileSync(file, "utf8"), "an older picture")
        assert.deepStrictEqual(Fs.readdirSync(directory), ["policy.svg"])
      }).pipe(Effect.provide(NodeServices.layer), Effect.orDie),
    ),
  )

  it.live("keeps a link a link, and the mode of the file", () =>
    withDirectory((directory) =>
      Effect.gen(function* () {
        const [file, link] = [Path.join(directory, "a.svg"), Path.join(directory, "b.svg")]
        Fs.writeFileSync(file, "", { mode: 0o600 })
        Fs.symlinkSync(file, link)
        yield* run(["--svg", link])
        assert.isTrue(Fs.lstatSync(link).isSymbolicLink())
        assert.isAbove(Fs.statSync(file).size, 1000)
        assert.strictEqual(Fs.statSync(file).mode & 0o777, 0o600)
      }),
    ),
  )

  it.live("prints the picture instead of the text with --svg -", () =>
    Effect.gen(function* () {
      const { exitCode, stdout } = yield* run(["--svg", "-"])
      assert.strictEqual(exitCode, 0)
      assert.strictEqual(
        `${stdout.join("\n")}\n`,
        PolicySvg.make(PolicyReport.make("", PolicyDefault.settings, PolicyDefault.gates)),
      )
    }),
  )

  describe("says what is wrong with the settings, and ends with 2", () => {
    const cases: ReadonlyArray<readonly [content: string, line: string]> = [
      ["", "p.json:1:1: was the end of the text, allowed is JSON"],
      ['{\n  "retry": {attempts: 3}\n}', 'p.json:2:13: was "a", allowed is JSON'],
      ["[]", "p.json: was a list, allowed is an object"],
      [
        '{"breaker":{"window":{"calls":"ten"}}}',
        'p.json: breaker.window.calls: was "ten", allowed is a whole number from 1 to 1000000',
      ],
      ['{"brekaer":{}}', "p.json: brekaer: was an unknown key, allowed is breaker"],
      ['{"budget":{}}', "p.json: budget: was alone, allowed is a budget beside retry or hedge, which it pays for"],
      [
        '{"retry":{"attempts":0},"timeout":-1}',
        "p.json: 2 problems: retry.attempts: was 0, allowed is a whole number from 1; timeout: was -1, allowed is a duration above 0 ms",
      ],
    ]
    for (const [content, line] of cases) {
      it.live(content, () =>
        Effect.gen(function* () {
          const { exitCode, stderr, stdout } = yield* ran([], content)
          assert.deepStrictEqual([exitCode, stdout, stderr], [2, [], [`holdfast: ${line}; correct the settings`]])
        }),
      )
    }

    it.live("--json --svg -", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["--json", "--svg", "-"])
        assert.deepStrictEqual(
          [exitCode, stderr],
          [2, ["holdfast: --json and --svg - both print to standard output; leave one out"]],
        )
      }),
    )

    it.live("shows no character that steers a terminal", () =>
      Effect.gen(function* () {
        const { stderr } = yield* ran([], '{"\\u001b[31mred": 1}')
        assert.include(stderr[0] ?? "", "\\x1b[31mred")
      }),
    )
  })

  describe("says what is wrong with a file, and ends with 7", () => {
    it.live("that is missing, or a directory", () =>
      withDirectory((directory) =>
        Effect.gen(function* () {
          const missing = yield* run([Path.join(directory, "no.json")])
          assert.deepStrictEqual(
            [missing.exitCode, missing.stderr],
            [7, [`holdfast: ${directory}/no.json: no such file; check the path`]],
          )
          const folder = yield* run([directory])
          assert.deepStrictEqual(
            [folder.exitCode, folder.stderr],
            [7, [`holdfast: ${directory}: is a directory, not a file; name a file in it`]],
          )
        }),
      ),
    )

    it.live("that cannot be written", () =>
      withDirectory((directory) =>
        Effect.gen(function* () {
          for (const [target, problem] of [
            [Path.join(directory, "no", "p.svg"), "no such directory; make the directory first"],
            [directory, "is a directory; name a file in it"],
            [Path.join(directory, `${"x".repeat(300)}.svg`), "the name is too long; name another file"],
          ] as const) {
            const { exitCode, stderr, stdout } = yield* run(["--svg", target])
            assert.deepStrictEqual([exitCode, stdout, stderr], [7, [], [`holdfast: ${target}: ${problem}`]])
          }
          assert.deepStrictEqual(Fs.readdirSync(directory), [])
        }),
      ),
    )

    it.live.skipIf(!Fs.existsSync("/dev/full"))("on a full disk", () =>
      Effect.gen(function* () {
        const { exitCode, stderr } = yield* run(["--svg", "/dev/full"])
        assert.deepStrictEqual(
          [exitCode, stderr],
          [7, ["holdfast: /dev/full: the disk is full; make room on the disk, or name a file on another one"]],
        )
        assert.isTrue(Fs.statSync("/dev/full").isCharacterDevice())
      }),
    )
  })
})
