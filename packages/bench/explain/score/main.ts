/**
 * Measures how often `explain` is right, for other people's errors and for generated exchanges with a known cause.
 *
 *     npm run test:explain -- [--short] [--only s3|oauth|http|pastes] [--list] [--write]
 *                             [--count 100000] [--seed 1] [--defect NAME] [--dialect NAME] [--show NAME]
 *
 * `--list` lists the captures whose cause is not first, and `--show` prints an exchange by its name in the lists. Captures of
 * the held-out half are named only with `--reveal`, which is for the time after the rules are finished. With a defect or a
 * dialect only generated exchanges are judged. Exits with 1 if a required figure is missed; with `--short`, as in CI, only if
 * the figure is also worse than before.
 */
import { parseArgs } from "node:util"
import * as Generated from "./generated.ts"
import * as Print from "./print.ts"
import * as Run from "./run.ts"
import * as Sets from "./sets.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string" },
    list: { type: "boolean", default: false },
    reveal: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    count: { type: "string" },
    seed: { type: "string", default: "1" },
    defect: { type: "string" },
    dialect: { type: "string" },
    show: { type: "string" },
  },
})

const refuse = (problem: string): never => {
  console.error(`test:explain: ${problem}`)
  process.exit(2)
}

const only = Sets.systems.find((system) => system === values.only)
if (values.only !== undefined && only === undefined) refuse(`--only takes ${Sets.systems.join(", ")}`)
const { defect, dialect } = values
const known = Generated.sources.map(({ source }) => source)
if (defect !== undefined && !known.some(({ defects }) => defects.includes(defect))) {
  refuse(`no defect "${defect}": ${known.flatMap(({ defects }) => defects).join(", ")}`)
}
if (dialect !== undefined && !known.some(({ dialects }) => dialects.includes(dialect))) {
  refuse(`no dialect "${dialect}": ${known.flatMap(({ dialects }) => dialects).join(", ")}`)
}

if (values.show === undefined) {
  const filtered = defect !== undefined || dialect !== undefined
  const count = Number(values.count ?? (values.short ? 6000 : filtered ? 5000 : 100_000))
  if (!Number.isSafeInteger(count)) refuse("--count: expected an integer >= 1")
  const { fallen, missed } = Run.run({
    only,
    list: values.list,
    reveal: values.reveal,
    write: values.write,
    // Captures have neither a defect nor a dialect that could be selected.
    captures: !filtered,
    seed: Number(values.seed),
    count,
    valid:
      defect !== undefined ? 0 : values.short || filtered || values.count !== undefined ? Math.min(200, count) : 10_000,
    differences: values.short ? 600 : Math.min(3000, count),
    defect,
    dialect,
  })
  for (const what of missed) console.error(`missed: ${what}`)
  if ((values.short ? fallen : missed).length > 0) process.exitCode = 1
} else {
  const made = Generated.named(values.show)
  if (made === undefined) refuse("--show: expected a name from the lists, such as s3:1:10000019 or s3:0:10000019@r2")
  else Print.show(made)
}
