/**
 * The figures of a run as lines of text.
 */
import { median } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"
import type { Disturbance } from "./History.ts"
import type { Figures } from "./judge.ts"
import type { TakeOver } from "./takeOver.ts"
import type { Measured } from "./throughput.ts"

/** The longest take-over that the budget allows, in milliseconds. */
export const longestTakeOver = 12_000

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`

const worst = (all: ReadonlyArray<TakeOver>): number => Math.max(...all.map(({ millis }) => millis))

const spread = (all: ReadonlyArray<TakeOver>): string =>
  all.length === 0
    ? "none"
    : `${all.length} uploads, median ${seconds(median(all.map(({ millis }) => millis)))}, worst ${seconds(worst(all))}`

/** The take-overs that exceed the budget, the longest first. */
const slow = (all: ReadonlyArray<TakeOver>): ReadonlyArray<TakeOver> =>
  all.filter(({ millis }) => millis > longestTakeOver).toSorted((a, b) => b.millis - a.millis)

export const lines = (
  figures: Figures,
  disturbances: ReadonlyArray<Disturbance>,
  allowed: number,
): ReadonlyArray<string> => {
  const count = (kind: Disturbance["kind"]) => disturbances.filter((one) => one.kind === kind).length
  const { clean, overlapped } = figures.takeOvers
  return [
    "",
    `runners killed and replaced: ${count("kill")}, frozen: ${count("freeze")}, database killed: ${count("database")}, ` +
      `Redis killed: ${count("redis")}, stalls of the machine: ${count("stall")}`,
    `uploads: ${figures.uploads}, parts sent: ${figures.partsSent}, of them sent again: ${figures.sentAgain}`,
    `uploads lost: ${figures.lost}`,
    `uploads doubled: ${figures.doubled}`,
    `false successes: ${figures.falseSuccesses}`,
    `confirmed parts sent again: ${figures.confirmedSentAgain}`,
    `assets abandoned with parts: ${figures.abandoned}, empty assets: ${figures.empty}`,
    `creations whose response a kill lost, repeated after consent: ${allowed}`,
    `take-over, from the loss of a runner to the next part by another one: ${spread(clean)}`,
    `take-over while something else was lost too: ${spread(overlapped)}`,
    ...slow(clean).map(
      ({ asset, kind, millis, runner }) => `  ${seconds(millis)} after the ${kind} of runner ${runner}: asset ${asset}`,
    ),
    "",
  ]
}

/** The faults of the figures that are not in the list of problems. */
export const faults = ({ takeOvers: { clean } }: Figures): ReadonlyArray<string> =>
  worst(clean) > longestTakeOver ? [`a take-over took ${seconds(worst(clean))}`] : []

export const throughput = (all: ReadonlyArray<Measured>): ReadonlyArray<string> =>
  columns(
    [
      ["runners", "MiB/s", "ideal", "share", "CPU"],
      ...all.map(({ busy, ideal, rate, runners }) => [
        String(runners),
        rate.toFixed(1),
        ideal.toFixed(1),
        `${Math.round((rate / ideal) * 100)} %`,
        `${Math.round(busy * 100)} %`,
      ]),
    ],
    { rightFrom: 1 },
  )
