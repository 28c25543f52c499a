/**
 * Runs the command in about forty scenarios from a film set, each with real processes.
 *
 *     npm run test:command -- [--short] [--only TEXT] [--at-once 4]
 *
 * In each scenario a sandbox is the API and the storage, behind a front on 127.0.0.1 that counts requests and bytes and answers
 * instead of the sandbox if the scenario says so. Every stored object is compared with the files byte for byte. A scenario
 * fails if one figure or text differs from the expected one, or if the command states a proof of a file that the server does
 * not have. In scenarios that wait for retries, timers and the monotonic clock of the process run faster.
 */
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs, styleText } from "node:util"
import { columns } from "../shared/table.ts"
import * as Printable from "../../cli/src/terminal/Printable.ts"
import type { Observed } from "./judge.ts"
import { differences, filesOf } from "./judge.ts"
import type { Scenario } from "./Scenario.ts"
import { scenarios } from "./scenarios.ts"
import * as Stage from "./stage.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    "at-once": { type: "string", default: "4" },
  },
})

/** How many lines of standard error are shown for each process. */
const shown = 3

interface Result {
  readonly scenario: Scenario
  readonly skipped?: string
  readonly observed?: Observed
  readonly wrong: ReadonlyArray<string>
}

const parent = Fs.mkdtempSync(join(tmpdir(), "holdfast-command-"))

const play = async (scenario: Scenario): Promise<Result> => {
  const skipped = scenario.skip?.()
  if (skipped !== undefined) return { scenario, skipped, wrong: [] }
  const stage = await Stage.make(parent, scenario.secure === true ? Stage.secure(parent) : undefined)
  try {
    const ended = await scenario.play(stage)
    const [assets, whole] = [await stage.assets(), await stage.whole()]
    const observed: Observed = {
      ended,
      files: ended.flatMap(filesOf),
      assets: assets.length,
      whole: whole.map(({ id }) => id),
      sent: stage.front.sent(),
      storedBytes: assets.reduce((sum, { bytes }) => sum + bytes, 0),
      calls: stage.front.calls,
    }
    return { scenario, observed, wrong: differences(scenario.expected, observed) }
  } catch (error) {
    return { scenario, wrong: [`could not run: ${error instanceof Error ? error.stack : String(error)}`] }
  } finally {
    await stage.end()
  }
}

/** The folders of the stages, which are removed from messages. */
const stages = /\/\S*\/stage-\w+\/files\//g

/** Lines that do not show how a run ended: blank lines and progress. */
const idle = /^\s*$|: \d+ % of /

/** Puts text of the command on one line of a terminal, whatever it contains. */
const line = (text: string): string => {
  const plain = Printable.line(text, false).replaceAll(stages, "")
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain
}

const cells = ({ observed, scenario, skipped, wrong }: Result): ReadonlyArray<string> => [
  skipped === undefined ? (wrong.length === 0 ? "ok" : "WRONG") : "skipped",
  scenario.name,
  observed?.files
    .map(({ outcome }) => outcome ?? "?")
    .join(" ")
    .slice(0, 40) ?? "",
  observed?.ended.map(({ exit }) => exit).join(" ") ?? "",
  observed === undefined ? "" : String(observed.assets),
  observed === undefined ? "" : String(observed.sent),
  observed === undefined ? "" : String(observed.storedBytes),
  observed === undefined ? "" : String(observed.whole.length),
  observed === undefined ? "" : (Math.max(0, ...observed.ended.map(({ millis }) => millis)) / 1000).toFixed(1),
]

const report = (result: Result): void => {
  const { observed, scenario, skipped, wrong } = result
  if (skipped !== undefined) return console.log(`- ${scenario.name}: skipped, ${skipped}`)
  console.log(wrong.length === 0 ? `✓ ${scenario.name}` : styleText("red", `✗ ${scenario.name}`))
  if (observed !== undefined) {
    const files = observed.files.map(({ outcome }) => outcome ?? "no outcome").join(", ")
    console.log(
      `    exit ${observed.ended.map(({ exit }) => exit).join(", ")} · ${observed.assets} assets · ` +
        `${observed.sent} bytes sent · ${observed.storedBytes} stored, ${observed.whole.length} assets whole` +
        (files === "" ? "" : ` · ${files}`),
    )
    const said = observed.ended.flatMap(({ stderr }) => stderr.filter((text) => !idle.test(text)).slice(-shown))
    for (const text of said) console.log(`    | ${line(text)}`)
  }
  for (const problem of wrong) console.log(styleText("red", `    ${line(problem)}`))
}

const chosen = scenarios.filter(({ name, short }) => (!values.short || short === true) && name.includes(values.only))
const started = performance.now()
const results: Array<Result> = []
const waiting = [...chosen]
// Ctrl-C also reaches the processes of a terminal; the running scenarios end, and remove what they have mounted and started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => (waiting.length = 0))
const player = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const result = await play(next)
    report(result)
    results.push(result)
  }
}
try {
  await Promise.all(Array.from({ length: Math.max(1, Number(values["at-once"])) }, player))
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}

const heads = ["", "scenario", "outcomes", "exit", "assets", "sent", "stored", "whole", "s"]
const inOrder = chosen.flatMap((scenario) => results.filter((result) => result.scenario === scenario))
console.log(`\n${columns([heads, ...inOrder.map(cells)], { rightFrom: 3 }).join("\n")}\n`)
const [wrong, skipped] = [
  results.filter(({ wrong }) => wrong.length > 0),
  results.filter(({ skipped }) => skipped !== undefined),
]
const seconds = Math.round((performance.now() - started) / 1000)
console.log(
  `${results.length - wrong.length - skipped.length} of ${results.length} scenarios as expected, ` +
    `${skipped.length} skipped, ${seconds} s`,
)
for (const { scenario } of wrong) console.log(styleText("red", `wrong: ${scenario.name}`))
process.exitCode = wrong.length === 0 && results.length === chosen.length && results.length > 0 ? 0 : 1
