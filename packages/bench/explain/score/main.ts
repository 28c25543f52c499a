/**
 * How often `explain` is right: on errors that others had, and on exchanges whose cause is known because it was put in.
 *
 *     npm run test:explain -- [--short] [--only s3|oauth|http|pastes] [--list] [--write]
 *                             [--count 100000] [--seed 1] [--defect NAME] [--dialect NAME] [--show SEED]
 *
 * `--list` names the captures whose cause is not first. Those of the half that is held out are named only with `--reveal`,
 * which is for the day after the rules are finished. Ends with 1 when a figure is missed that is demanded.
 */
import { parseArgs } from "node:util"
import { columns } from "../../shared/table.ts"
import * as Figures from "./Figures.ts"
import * as Sets from "./sets.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string" },
    list: { type: "boolean", default: false },
    reveal: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
  },
})

const only = Sets.systems.find((system) => system === values.only)
if (values.only !== undefined && only === undefined) {
  console.error(`test:explain: --only takes ${Sets.systems.join(", ")}`)
  process.exit(2)
}

const missed: Array<string> = []
const demand = (holds: boolean, what: string): void => {
  if (!holds) missed.push(what)
}

const print = (rows: ReadonlyArray<ReadonlyArray<string>>): void => {
  for (const line of columns(rows, { rightFrom: 1 })) console.log(line)
}

const sets = Sets.read(only)
const rows = sets.map(({ judged, name, wanted }) => {
  const { certainWrong, first, listed, total, wrong } = Figures.of(judged)
  const share = Figures.share(first, total)
  demand(certainWrong.length === 0, `${name}: certain and wrong ${certainWrong.length} times`)
  if (wanted !== undefined) demand(first * 100 >= wanted * total, `${name}: right first ${share}, ${wanted} % wanted`)
  return [name, String(total), String(first), share, String(listed), String(wrong), String(certainWrong.length)]
})
print([["errors of others", "all", "right first", "", "in the list", "wrong", "certain and wrong"], ...rows])

const calibrated = (name: string, { calibration }: Figures.Figures): ReadonlyArray<string> => [
  name,
  ...Figures.degrees.flatMap((degree) => {
    const { right, said } = calibration[degree]
    return [`${right} of ${said}`, Figures.share(right, said)]
  }),
]
console.log("")
print([
  ["right when it says", ...Figures.degrees.flatMap((degree) => [degree, ""])],
  ...sets.map(({ judged, name }) => calibrated(name, Figures.of(judged))),
])

if (values.list) {
  for (const { hidden, judged, name } of sets) {
    const wrong = judged.filter(({ place }) => place !== 0)
    if ((hidden && !values.reveal) || wrong.length === 0) continue
    console.log(`\n${name}, not right first:`)
    for (const one of wrong) {
      const surely = one.confidence === "certain" ? "  CERTAIN" : ""
      console.log(
        `  ${one.name}: ${one.said}${one.place > 0 ? " (true cause in the list)" : ""}${surely}\n      ${one.truth}`,
      )
    }
  }
}

for (const what of missed) console.error(`missed: ${what}`)
if (missed.length > 0) process.exitCode = 1
