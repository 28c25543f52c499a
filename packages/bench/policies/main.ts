/**
 * Measures the cost of the policies compared with similar libraries.
 *
 *     npm run bench -- [--only NAME] [--no-write]
 *
 * Measures all cases (`--only`: those whose name contains NAME, such as `holdfast`, `cockatiel.wrap` or `size.`), prints the
 * tables, and writes docs/benchmarks.md. A run with `--only` does not write. Exits with 1 if a target is missed or a case did
 * not run.
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { columns } from "../shared/table.ts"
import { judge } from "./judge.ts"
import { measureAll } from "./measurements.ts"
import { plan, targets } from "./plan.ts"
import { judged, machine, page } from "./report.ts"

const { values } = parseArgs({
  allowNegative: true,
  options: { only: { type: "string", default: "" }, write: { type: "boolean", default: true } },
})

const began = performance.now()
for (const line of machine()) console.log(line)
const measurements = await measureAll(values.only, (line) => console.log(line))
const judgements = judge(measurements)

const print = (rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  for (const line of columns(rows)) console.log(line)
}

const rounded = (value: number): string => value.toFixed(0)
for (const quantity of ["time", "hold"] as const) {
  console.log(quantity === "time" ? "\nns a call (least–most)" : "\nbytes a call in flight (least–most)")
  print(
    plan.flatMap(({ id, what }) => {
      const figures = measurements[quantity].get(id)
      return figures === undefined
        ? []
        : [[id, rounded(figures.median), `(${rounded(figures.least)}–${rounded(figures.most)})`, what]]
    }),
  )
}
console.log("\nbytes of a program, gzip (minified)")
print([...measurements.size].map(([id, { gzip, minified }]) => [id, String(gzip), `(${minified})`]))
console.log("\ntargets: what, ours, against, result, at most, met")
print(judged(judgements))
for (const failure of measurements.failures) console.log(`did not run: ${failure}`)
console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`)

const whole = values.only === ""
if (whole && values.write) {
  const path = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url))
  writeFileSync(path, page(measurements, judgements))
  console.log(`wrote ${path}`)
}
const missed = judgements.some(({ met }) => !met) || (whole && judgements.length < targets.length)
process.exitCode = missed || measurements.failures.length > 0 ? 1 : 0
