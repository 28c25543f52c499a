/**
 * Measures the cost of the policies compared with similar libraries.
 *
 *     npm run bench -- [--only NAME] [--no-write]
 *
 * Measures all cases (`--only`: those whose name contains NAME, such as `holdfast`, `cockatiel.wrap` or `size.`, or one of
 * several names with commas between them; or `targets`: those that a target compares), prints the tables, and writes docs/benchmarks.md. A run with `--only` does not write.
 * Exits with 1 if a target is missed, the two harnesses disagree about a ratio, or a case did not run.
 */
import { writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { columns } from "../shared/table.ts"
import { judge } from "./judge.ts"
import { measureAll } from "./measurements.ts"
import { plan } from "./plan.ts"
import { judged, machine, page } from "./report.ts"
import { targets } from "./targets.ts"

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
const clock = (id: string, quantity: "time" | "hold"): ReadonlyArray<string> =>
  quantity === "time" ? [rounded(measurements.wall.get(id)?.median ?? Number.NaN)] : []
for (const quantity of ["time", "hold"] as const) {
  console.log(
    quantity === "time" ? "\nns a call: CPU (least–most), by the clock" : "\nbytes a call in flight (least–most)",
  )
  print(
    plan.flatMap(({ id, what }) => {
      const figures = measurements[quantity].get(id)
      return figures === undefined
        ? []
        : [
            [
              id,
              rounded(figures.median),
              `(${rounded(figures.least)}–${rounded(figures.most)})`,
              ...clock(id, quantity),
              what,
            ],
          ]
    }),
  )
}
console.log("\nbytes of a program, gzip (minified)")
print([...measurements.size].map(([id, { gzip, minified }]) => [id, String(gzip), `(${minified})`]))
console.log("\ntargets: what, ours, against, result, in tinybench, wanted, met")
print(judged(judgements))
for (const failure of measurements.failures) console.log(`did not run: ${failure}`)
console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`)

const whole = values.only === ""
if (whole && values.write) {
  const path = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url))
  writeFileSync(path, page(measurements, judgements))
  console.log(`wrote ${path}`)
}
const missed = judgements.some(({ agreed, met }) => !met || !agreed) || (whole && judgements.length < targets.length)
process.exitCode = missed || measurements.failures.length > 0 ? 1 : 0
