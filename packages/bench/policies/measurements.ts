/** Runs the cases, each in a process of its own, one process after another. */
import { fileURLToPath } from "node:url"
import { run } from "../shared/processes.ts"
import { median, percentile } from "../shared/statistics.ts"
import { bundles, plan, type Quantity } from "./plan.ts"
import { size, type Size } from "./size.ts"

/** The figures of one case, one of each round; none when it did not run. */
export interface Figures {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Measurements {
  readonly time: ReadonlyMap<string, Figures>
  readonly hold: ReadonlyMap<string, Figures>
  readonly size: ReadonlyMap<string, Size>
  /** How many rounds there were. */
  readonly rounds: { readonly time: number; readonly hold: number }
  /** What did not run, and why. */
  readonly failures: ReadonlyArray<string>
}

/**
 * Rounds of processes. On a busy machine there are fewer, but not fewer than `least`: none begins when `until` seconds of
 * the run are over, so that a whole run stays under five minutes. Bytes hardly differ between processes.
 */
const rounds = { hold: { most: 3, least: 1, until: 75 }, time: { most: 5, least: 2, until: 210 } }

const script = fileURLToPath(new URL("measure.ts", import.meta.url))

/** One process: its figure, or what it said when it failed. */
const measure = (quantity: Quantity, id: string): number | string => {
  const { ok, output, reason } = run(["--conditions=@holdfast/source", "--expose-gc", script, quantity, id])
  return ok ? Number(output[1]) : reason
}

const summary = (values: ReadonlyArray<number>): Figures => ({
  median: median(values),
  least: percentile(values, 0),
  most: percentile(values, 100),
})

/** Measures everything whose name has `only` in it. */
export const measureAll = async (only: string, progress: (line: string) => void): Promise<Measurements> => {
  const failures = new Map<string, string>()
  const began = performance.now()
  const done = { time: 0, hold: 0 }

  const inRounds = (quantity: "time" | "hold"): ReadonlyMap<string, Figures> => {
    const ids = plan.filter((one) => one[quantity] !== undefined && one.id.includes(only)).map(({ id }) => id)
    const figures = new Map<string, Array<number>>()
    const { least, most, until } = rounds[quantity]
    for (let round = 1; round <= most; round++) {
      if (round > least && performance.now() - began > until * 1000) break
      if (ids.length > 0) progress(`${quantity === "time" ? "time" : "bytes"}, round ${round} of ${most}`)
      // A case keeps its neighbours, and none is always the one that finds the machine cold.
      const first = Math.floor((ids.length * (round - 1)) / most)
      for (const id of [...ids.slice(first), ...ids.slice(0, first)]) {
        if (failures.has(`${id}, ${quantity}`)) continue
        const figure = measure(quantity, id)
        if (typeof figure === "string") failures.set(`${id}, ${quantity}`, figure)
        else figures.set(id, [...(figures.get(id) ?? []), figure])
      }
      done[quantity] = round
    }
    return new Map([...figures].map(([id, values]) => [id, summary(values)]))
  }

  const sizes = new Map<string, Size>()
  for (const { id } of bundles) {
    if (!`size.${id}`.includes(only)) continue
    try {
      sizes.set(id, await size(id))
    } catch (error) {
      failures.set(`${id}, size`, error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error))
    }
  }
  const hold = inRounds("hold")
  const time = inRounds("time")
  return { time, hold, size: sizes, rounds: done, failures: [...failures].map(([name, why]) => `${name}: ${why}`) }
}
