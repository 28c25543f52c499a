/** Runs the cases, each in its own process, one after another. */
import { fileURLToPath } from "node:url"
import { run } from "../shared/processes.ts"
import { median, percentile } from "../shared/statistics.ts"
import { bundles, plan } from "./plan.ts"
import type { Timed } from "./Planned.ts"
import { size, type Size } from "./size.ts"
import { targets } from "./targets.ts"

/** The figures of one case, one per round; empty if it did not run. */
export interface Figures {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Measurements {
  /** CPU time. */
  readonly time: ReadonlyMap<string, Figures>
  /** Time by the clock. */
  readonly wall: ReadonlyMap<string, Figures>
  /** CPU time in the other harness, for the cases that a target compares. */
  readonly again: ReadonlyMap<string, Figures>
  readonly hold: ReadonlyMap<string, Figures>
  readonly size: ReadonlyMap<string, Size>
  /** The number of rounds. */
  readonly rounds: { readonly time: number; readonly hold: number }
  /** The cases that did not run, with the reason. */
  readonly failures: ReadonlyArray<string>
}

/**
 * Runs rounds of processes. A busy machine runs fewer, but at least `least`: no round begins after `until` seconds, so that a
 * whole run takes about twenty minutes. Bytes hardly differ between processes.
 */
const rounds = {
  hold: { most: 3, least: 1, until: 75 },
  time: { most: 5, least: 3, until: 900 },
  again: { most: 3, least: 3, until: 1200 },
}

/** After this many milliseconds a process is ended, and its case counts as not run: the slowest takes a sixth of it. */
const patience = 60_000

type Measured = keyof typeof rounds

/** The cases whose ratios the targets state; the other harness measures them too. */
const compared = new Set(
  targets.flatMap(({ against, floor, floorAgainst, ours }) => [ours, against, floor, floorAgainst]),
)

const measures = (quantity: Measured, { hold, id, time }: (typeof plan)[number]): boolean =>
  quantity === "hold" ? hold !== undefined : time !== undefined && (quantity === "time" || compared.has(id))

const script = fileURLToPath(new URL("measure.ts", import.meta.url))

/** Runs one process. Returns its figure, or its output if it failed. */
const measure = (quantity: Measured, id: string): Timed | string => {
  const { ok, output, reason } = run(["--conditions=@holdfast/source", "--expose-gc", script, quantity, id], {
    timeout: patience,
  })
  if (!ok) return reason
  const figure = JSON.parse(output[1] ?? "") as number | Timed
  return typeof figure === "number" ? { wall: figure, cpu: figure } : figure
}

const summary = (values: ReadonlyArray<number>): Figures => ({
  median: median(values),
  least: percentile(values, 0),
  most: percentile(values, 100),
})

const summaries = (
  figures: ReadonlyMap<string, ReadonlyArray<Timed>>,
  clock: keyof Timed,
): ReadonlyMap<string, Figures> =>
  new Map([...figures].map(([id, values]) => [id, summary(values.map((value) => value[clock]))]))

const names = { time: "time", again: "time in tinybench", hold: "bytes" }

/** Measures everything whose name contains one of the parts of `only`, which are separated by commas; or only the targets. */
export const measureAll = async (only: string, progress: (line: string) => void): Promise<Measurements> => {
  const isWanted = (id: string): boolean =>
    only === "targets" ? compared.has(id.replace("size.", "")) : only.split(",").some((part) => id.includes(part))
  const failures = new Map<string, string>()
  const began = performance.now()
  const done = { time: 0, hold: 0, again: 0 }

  const inRounds = (quantity: Measured): ReadonlyMap<string, ReadonlyArray<Timed>> => {
    const ids = plan.filter((one) => measures(quantity, one) && isWanted(one.id)).map(({ id }) => id)
    const figures = new Map<string, Array<Timed>>()
    const { least, most, until } = rounds[quantity]
    for (let round = 1; round <= most; round++) {
      if (round > least && performance.now() - began > until * 1000) break
      if (ids.length > 0) progress(`${names[quantity]}, round ${round} of ${most}`)
      // A case keeps its neighbours, and a different one starts each round, so that none always runs on a cold machine.
      const first = Math.floor((ids.length * (round - 1)) / most)
      for (const id of [...ids.slice(first), ...ids.slice(0, first)]) {
        if (failures.has(`${id}, ${quantity}`)) continue
        const figure = measure(quantity, id)
        if (typeof figure === "string") failures.set(`${id}, ${quantity}`, figure)
        else figures.set(id, [...(figures.get(id) ?? []), figure])
      }
      done[quantity] = round
    }
    return figures
  }

  const sizes = new Map<string, Size>()
  for (const { id } of bundles) {
    if (!isWanted(`size.${id}`)) continue
    try {
      sizes.set(id, await size(id))
    } catch (error) {
      failures.set(`${id}, size`, error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error))
    }
  }
  const hold = inRounds("hold")
  const time = inRounds("time")
  const again = inRounds("again")
  return {
    time: summaries(time, "cpu"),
    wall: summaries(time, "wall"),
    again: summaries(again, "cpu"),
    hold: summaries(hold, "cpu"),
    size: sizes,
    rounds: done,
    failures: [...failures].map(([name, why]) => `${name}: ${why}`),
  }
}
