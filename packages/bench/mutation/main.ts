/**
 * Mutation tests of the policies whose arithmetic matters most: `npm run test:mutation [-- NAME...]`.
 *
 * Changes one thing in a module, runs the module's own tests (`test/NAME*.test.ts`), and expects one of them to fail.
 * Prints what survived and the score of each file, and ends with 1 where one is below the aim. Takes minutes, and is no
 * part of `npm test`. Works on a copy in `dist`, so nothing else sees a changed module.
 */
import { Stryker } from "@stryker-mutator/core"
import { existsSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { relative } from "node:path"
import { fileURLToPath } from "node:url"

/** Per cent of a file's mutants that tests have to notice. */
const aim = 90

const named = process.argv.slice(2)
const modules = (named.length > 0 ? named : ["Backoff", "Retry", "CircuitBreaker", "RetryBudget"]).filter((name) => {
  const exists = existsSync(fileURLToPath(new URL(`../../core/src/${name}.ts`, import.meta.url)))
  if (!exists) console.log(`${name}: there is no such module`)
  return exists
})

process.chdir(fileURLToPath(new URL("../../core", import.meta.url)))
process.env["MUTATED"] = modules.join(",")

const began = performance.now()
const mutants = await new Stryker({
  mutate: modules.map((name) => `src/${name}.ts`),
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: fileURLToPath(new URL("vitest.config.ts", import.meta.url)), related: false },
  coverageAnalysis: "perTest",
  concurrency: availableParallelism(),
  // Below this package and not below core, whose dist is published.
  tempDirName: `../bench/dist/mutation-${process.pid}`,
  cleanTempDir: "always",
  // A copied tsconfig.json would extend a file that is not there, and Stryker rewrites such paths with an interface that
  // TypeScript 7 has no more. Without one, the one of this package holds.
  ignorePatterns: ["dist", "tsconfig*.json"],
  reporters: ["progress-append-only"],
  allowConsoleColors: false,
}).runMutationTest()

/** `killed` was noticed, `missed` survived or was never reached; what did not even load is neither. */
const tally = new Map(modules.map((name) => [`src/${name}.ts`, { killed: 0, missed: 0 }]))
const sources = new Map<string, ReadonlyArray<string>>()

const source = (file: string, line: number): string => {
  const lines = sources.get(file) ?? readFileSync(file, "utf8").split("\n")
  sources.set(file, lines)
  return lines[line - 1]?.trim() ?? ""
}

for (const { fileName, location, mutatorName, replacement = "", status } of mutants) {
  const file = relative(process.cwd(), fileName)
  const counts = tally.get(file)
  if (counts === undefined) continue
  if (status === "Killed" || status === "Timeout") counts.killed++
  if (status !== "Survived" && status !== "NoCoverage") continue
  counts.missed++
  const { column, line } = location.start
  const what = status === "Survived" ? "survived" : "never reached"
  const first = replacement.replaceAll(/\s+/g, " ").slice(0, 80)
  console.log(`packages/core/${file}:${line}:${column} ${mutatorName} ${what}: ${source(file, line)} → ${first}`)
}

console.log()
let reached = modules.length > 0
for (const [file, { killed, missed }] of tally) {
  const score = (100 * killed) / (killed + missed)
  if (!(score >= aim)) reached = false
  console.log(`${file.padEnd(24)} ${score.toFixed(1).padStart(5)} %  ${killed} of ${killed + missed}`)
}
const seconds = (performance.now() - began) / 1000
console.log(`${reached ? "PASS" : "FAIL"}: ${aim} % of each file, ${seconds.toFixed(0)} s`)
process.exitCode = reached ? 0 : 1
