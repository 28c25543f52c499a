/** Runs the cases, each in its own process, one after another. */
import { fileURLToPath } from "node:url"
import { run } from "../shared/processes.ts"
import { median, percentile } from "../shared/statistics.ts"
import { bundles, plan, type Quantity } from "./plan.ts"
import { size, type Size } from "./size.ts"

/** The figures of one case, one per round; empty if it did not run. */
export interface Figures {
  readonly median: number
  readonly least: number
  readonly most: number
}

export interface Measurements {
  readonly time: ReadonlyMap<string, Figures>
  readonly hold: ReadonlyMap<string, Figures>
  readonly size: ReadonlyMap<string, Size>
  /** The number of rounds. */
  readonly rounds: { readonly time: number; readonly hold: number }
  /** The cases that did not run, with the reason. */
  readonly failures: ReadonlyArray<string>
}

/**
 * Runs rounds of processes. A busy machine runs fewer, but at least `least`: no round begins after `until` seconds, so that a
 * whole run takes less than five minutes. Bytes hardly differ between processes.
 */
const rounds = { hold: { most: 3, least: 1, until: 75 }, time: { most: 5, least: 2, until: 210 } }

const script = fileURLToPath(new URL("measure.ts", import.meta.url))

/** Runs one process. Returns its figure, or its output if it failed. */
const measure = (quantity: Quantity, id: string): number | string => {
  const { ok, output, reason } = run(["--conditions=@holdfast/source", "--expose-gc", script, quantity, id])
  return ok ? Number(output[1]) : reason
}

const summary = (values: ReadonlyArray<number>): Figures => ({
  median: median(values),
  least: percentile(values, 0),
  most: percentile(values, 100),
})

/** Measures everything whose name contains `only`. */
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
