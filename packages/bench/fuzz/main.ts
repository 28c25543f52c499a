/**
 * Tests every public reader of text with inputs generated from a seed, and measures the slowest inputs of each.
 *
 *     npm run test:fuzz -- [--short] [--seed 7] [--inputs 100000] [--reader s3/]
 *
 * `--short` measures the slowest input of each reader instead of three.
 */
import { parseArgs } from "node:util"
import { sum } from "../shared/statistics.ts"
import * as Growth from "./growth.ts"
import type { Reader } from "./Reader.ts"
import { readers } from "./readers.ts"
import type { Shape } from "./shapes.ts"
import * as Small from "./small.ts"

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    inputs: { type: "string" },
    reader: { type: "string", default: "" },
    short: { type: "boolean", default: false },
  },
})

const seed = Number(values.seed)
const chosen = readers.filter(({ name }) => name.includes(values.reader))
if (!Number.isSafeInteger(seed) || chosen.length === 0) {
  console.error("test:fuzz: --seed takes a whole number, --reader a part of a reader's name")
  process.exit(2)
}
console.log(`seed ${seed}: ${chosen.length} readers`)

/** The number of small inputs for all readers together. */
const wanted = Number(values.inputs ?? 100_000)

const faults: Array<string> = []

/** The number of inputs for each reader: fast ones get more, so that the whole run is short. */
const shares = (() => {
  const speeds = chosen.map((reader) => {
    const start = process.hrtime.bigint()
    Small.run(reader, seed + 1, 20)
    return 1 / Math.max(1, Number(process.hrtime.bigint() - start))
  })
  const all = sum(speeds)
  const least = Math.min(300, Math.floor(wanted / chosen.length / 2))
  const rest = wanted - least * chosen.length
  return speeds.map((speed) => least + Math.ceil((rest * speed) / all))
})()

const began = process.hrtime.bigint()
const seconds = () => (Number(process.hrtime.bigint() - began) / 1e9).toFixed(1)
let inputs = 0
for (const [index, reader] of chosen.entries()) {
  const count = shares[index] ?? 0
  inputs += count
  const fault = Small.run(reader, seed, count)
  if (fault !== undefined)
    faults.push(`${fault.reader} ${fault.fault}\n  input: ${JSON.stringify(fault.input.slice(0, 2000))}`)
}
console.log(`${inputs} small inputs in ${seconds()} s, ${faults.length} faults`)

/** The time limit for 64 KiB, in milliseconds. */
const aim = 50

const columns = [...Growth.lengths.map((length) => `${length / 1024} KiB`), "growth"]
console.log(
  `\nworst inputs, ms of CPU (best of ${values.short ? 2 : 3}); growth is that for twice the input, at most ${Growth.most}`,
)
console.log(`${"reader".padEnd(52)}${columns.map((column) => column.padStart(9)).join("")}  input`)
const doubtful: Array<{ readonly reader: Reader; readonly shape: Shape }> = []
for (const reader of chosen) {
  for (const shape of values.short ? Growth.worst(reader, 1, Growth.quick) : Growth.worst(reader, 3)) {
    const cost = Growth.measure(reader, shape, values.short ? 2 : 3)
    const last = cost.millis.at(-1) ?? 0
    const cells = [...cost.millis.map((millis) => millis.toFixed(1)), cost.growth.toFixed(2)]
    const late = last > aim && reader.slow === undefined ? ` over ${aim} ms` : ""
    console.log(
      `${cost.reader.padEnd(52)}${cells.map((cell) => cell.padStart(9)).join("")}  ${cost.shape.slice(0, 60)}${late}`,
    )
    if (cost.growth > Growth.most) doubtful.push({ reader, shape })
  }
}
// A busy machine can slow down a single length. A reader that really grows too fast does so again minutes later.
for (const { reader, shape } of doubtful) {
  const again = Growth.measure(reader, shape, 5)
  const growth = again.growth.toFixed(2)
  console.log(`measured again: ${reader.name} grows ${growth} times with twice ${shape.name}`)
  if (again.growth > Growth.most) faults.push(`${reader.name} grows ${growth} times with twice ${shape.name}`)
}
console.log(`\n${seconds()} s`)
for (const fault of faults) console.error(`fault: ${fault}`)
if (faults.length > 0) {
  console.error(`again with: npm run test:fuzz -- --seed ${seed}`)
  process.exitCode = 1
}
