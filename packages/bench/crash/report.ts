/**
 * The figures of all uploads as lines of text.
 */
import { percentile, sum } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"
import type { History } from "./History.ts"
import type { Figures, Verdict } from "./judge.ts"

export interface Judged {
  readonly history: History
  readonly verdict: Verdict
}

type Counted = { readonly [K in keyof Figures]: Figures[K] extends number ? K : never }[keyof Figures]

const total = (all: ReadonlyArray<Judged>, figure: Counted): number =>
  sum(all.map(({ verdict }) => verdict.figures[figure]))

/** The figures that must be zero. */
const faults: ReadonlyArray<readonly [Counted, string]> = [
  ["filesUnequal", "files that are not stored with the same bytes"],
  ["storedTwice", "files that are stored twice"],
  ["falseSuccesses", "false successes"],
  ["confirmedSentAgain", "confirmed parts sent again"],
  ["createdWithoutConsent", "assets created again without consent"],
  ["abandoned", "assets abandoned with parts"],
]

export const lines = (all: ReadonlyArray<Judged>): ReadonlyArray<string> => {
  const killed = new Map<string, number>()
  for (const { killed: moment } of all.flatMap(({ history }) => history.processes)) {
    if (moment !== undefined) killed.set(moment, (killed.get(moment) ?? 0) + 1)
  }
  const inFlight = all.flatMap(({ verdict }) => verdict.figures.inFlight)
  const sentAgain = all.flatMap(({ verdict }) => verdict.figures.sentAgain)
  const spread = (values: ReadonlyArray<number>) =>
    `${sum(values)} (a kill: median ${percentile(values, 50)}, at most ${Math.max(0, ...values)})`
  return [
    "",
    ...columns(
      [
        ["kills", ""],
        ...[...killed].toSorted(([, a], [, b]) => b - a).map(([moment, count]) => [`  ${moment}`, String(count)]),
      ],
      { rightFrom: 1 },
    ),
    "",
    `uploads: ${all.length}, processes: ${sum(all.map(({ history }) => history.processes.length))}, ` +
      `files resumed: ${total(all, "resumed")}`,
    ...faults.map(([figure, text]) => `${text}: ${total(all, figure)}`),
    `parts in flight at the kills: ${spread(inFlight)}`,
    `parts that the kills made be sent again: ${spread(sentAgain)}`,
    `empty assets left by lost responses to a creation: ${total(all, "orphans")}`,
    `sign-ins lost with a response whose retry was rejected: ${total(all, "signInsRejected")}`,
    `sign-ins lost with two responses: ${total(all, "signInsLostTwice")}`,
    "",
  ]
}

export const passed = (all: ReadonlyArray<Judged>, kills: number): boolean =>
  total(all, "kills") >= kills && all.every(({ verdict }) => verdict.problems.length === 0)
