/**
 * Mutation tests of the policies with the most important arithmetic.
 *
 *     npm run test:mutation -- [NAME...]
 *
 * NAME is a module of core; the default is the list of four. Changes one thing in a module, runs the tests named after the
 * module, and expects one of them to fail. Prints the survivors and the score of each file, and exits with 1 if a module is
 * below the target. It takes minutes and is not part of `npm test`. It works on a copy in `dist`, so that nothing else sees a
 * changed module.
 */
import { Stryker } from "@stryker-mutator/core"
import { globSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { basename, dirname, relative } from "node:path"
import { fileURLToPath } from "node:url"

/** How many percent of a module's mutants the tests must detect. */
const aim = 90

interface Module {
  readonly name: string
  /** The module and its neighbouring files. */
  readonly files: ReadonlyArray<string>
  /** The tests that run against it. */
  readonly tests: ReadonlyArray<string>
  /** Tests that take seconds, for mutants that survive the others. */
  readonly slow?: ReadonlyArray<string>
}

/** A policy without the files that the shared tests of all policies cover. */
const policy = (folder: string): ReadonlyArray<string> => [
  `src/policies/${folder}/!(defaults|gauges|schema|stage|worst).ts`,
]

const modules: ReadonlyArray<Module> = [
  {
    name: "Backoff",
    files: policy("backoff"),
    tests: ["test/policies/backoff/*.test.ts", "test/pipeline/PipelineSettings.test.ts"],
  },
  {
    name: "Retry",
    files: policy("retry"),
    // The output of the stage, and when it gives up, are covered by the tests of timelines, deadlines and defects.
    tests: [
      "test/policies/retry/*.test.ts",
      "test/policies/deadline/Deadline.test.ts",
      "test/pipeline/!(PipelineOrder).test.ts",
      "test/pipeline/defects/*.test.ts",
      "test/telemetry/Timeline.test.ts",
    ],
    slow: ["test/policies/budget/*.test.ts", "test/pipeline/engine/properties.test.ts"],
  },
  {
    name: "CircuitBreaker",
    files: policy("breaker"),
    tests: ["test/policies/breaker/!(model|oneCallWithRetries).test.ts"],
    slow: ["test/policies/breaker/model.test.ts", "test/policies/breaker/oneCallWithRetries.test.ts"],
  },
  {
    name: "RetryBudget",
    files: policy("budget"),
    tests: ["test/policies/budget/*.test.ts"],
  },
]

process.chdir(fileURLToPath(new URL("../../core", import.meta.url)))
const named = process.argv.slice(2)

/** Any other module by its name: with its folder if it is a policy, and with the tests named after it. */
const other = (name: string): Module => {
  const [source = ""] = globSync(`src/**/${name}.ts`)
  // The tests of `PipelineConfig` are in test/pipeline/config.
  const topic = name.replace(/^Pipeline(?=[A-Z])/, "")
  const inner = topic.charAt(0).toLowerCase() + topic.slice(1)
  return {
    name,
    files: source.startsWith("src/policies/") ? policy(basename(dirname(source))) : [source],
    tests: [`test/**/${name}*.test.ts`, `test/**/${inner}/*.test.ts`],
  }
}

const chosen =
  named.length === 0 ? modules : named.map((name) => modules.find((module) => module.name === name) ?? other(name))

const began = performance.now()

/** Mutates `FILE` or `FILE:LINE:COLUMN-LINE:COLUMN`, and runs the tests against each mutant. */
const mutate = (places: ReadonlyArray<string>, tests: ReadonlyArray<string>) => {
  process.env["MUTATION_TESTS"] = tests.join(",")
  return new Stryker({
    mutate: [...places],
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: fileURLToPath(new URL("vitest.config.ts", import.meta.url)), related: false },
    coverageAnalysis: "perTest",
    concurrency: availableParallelism(),
    // Below this package instead of core, whose dist is published.
    tempDirName: `../bench/dist/mutation-${process.pid}`,
    cleanTempDir: "always",
    // A copied tsconfig.json would extend a missing file, and Stryker rewrites such paths with an API that TypeScript 7 no
    // longer has. Without a copy, that of this package applies.
    ignorePatterns: ["dist", "tsconfig*.json"],
    reporters: ["progress-append-only"],
    allowConsoleColors: false,
  }).runMutationTest()
}

type Mutant = Awaited<ReturnType<typeof mutate>>[number]

const noticed = ({ status }: Mutant): boolean => status === "Killed" || status === "Timeout"
const missed = ({ status }: Mutant): boolean => status === "Survived" || status === "NoCoverage"

const fileOf = ({ fileName }: Mutant): string => relative(process.cwd(), fileName)

// Mutants count lines and columns from 1, while a range of Stryker counts columns from 0.
const place = (mutant: Mutant): string => {
  const { end, start } = mutant.location
  return `${fileOf(mutant)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`
}

const identity = (mutant: Mutant): string => [place(mutant), mutant.mutatorName, mutant.replacement].join(" ")

/** Runs every mutant against the fast tests, and the survivors against the slow ones. */
const run = async ({ files, slow, tests }: Module): Promise<ReadonlyArray<Mutant>> => {
  const mutants = await mutate(files, tests)
  const left = mutants.filter(missed)
  if (slow === undefined || left.length === 0) return mutants
  const again = await mutate([...new Set(left.map(place))], slow)
  const late = new Map(again.map((mutant) => [identity(mutant), mutant]))
  return mutants.map((mutant) => (missed(mutant) ? (late.get(identity(mutant)) ?? mutant) : mutant))
}

const mutants: Array<Mutant> = []
for (const module of chosen) mutants.push(...(await run(module)))

/** `killed` mutants were detected; `missed` ones survived or were never reached; those that do not load are neither. */
interface Counts {
  killed: number
  /** The killed mutants whose tests did not end in time: endless loops, or a busy machine. */
  late: number
  missed: number
}

const byFile = new Map<string, Counts>()
const sources = new Map<string, ReadonlyArray<string>>()

const source = (file: string, line: number): string => {
  const lines = sources.get(file) ?? readFileSync(file, "utf8").split("\n")
  sources.set(file, lines)
  return lines[line - 1]?.trim() ?? ""
}

for (const mutant of mutants) {
  const { location, mutatorName, replacement = "", status } = mutant
  const file = fileOf(mutant)
  const counts = byFile.get(file) ?? { killed: 0, late: 0, missed: 0 }
  byFile.set(file, counts)
  if (noticed(mutant)) counts.killed++
  if (status === "Timeout") counts.late++
  if (!missed(mutant)) continue
  counts.missed++
  const { column, line } = location.start
  const what = status === "Survived" ? "survived" : "never reached"
  const first = replacement.replaceAll(/\s+/g, " ").slice(0, 80)
  console.log(`packages/core/${file}:${line}:${column} ${mutatorName} ${what}: ${source(file, line)} → ${first}`)
}

const scored = (title: string, { killed, late, missed }: Counts): number => {
  const score = (100 * killed) / (killed + missed)
  const loops = late === 0 ? "" : `, ${late} by time`
  console.log(`${title.padEnd(40)} ${score.toFixed(1).padStart(5)} %  ${killed} of ${killed + missed}${loops}`)
  return score
}

console.log()
let reached = chosen.length > 0
for (const { files, name } of chosen) {
  const sum: Counts = { killed: 0, late: 0, missed: 0 }
  for (const file of files.flatMap((pattern) => globSync(pattern))) {
    const counts = byFile.get(file)
    // A file with only types has nothing to mutate.
    if (counts === undefined || counts.killed + counts.missed === 0) continue
    scored(`  ${file}`, counts)
    sum.killed += counts.killed
    sum.late += counts.late
    sum.missed += counts.missed
  }
  if (!(scored(name, sum) >= aim)) reached = false
}
const seconds = (performance.now() - began) / 1000
console.log(`${reached ? "PASS" : "FAIL"}: ${aim} % of each module, ${seconds.toFixed(0)} s`)
process.exitCode = reached ? 0 : 1
