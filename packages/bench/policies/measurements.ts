/** Runs the cases, each in its own process, one after another. */
import { fileURLToPath } from "node:url"
import { run } from "../shared/processes.ts"
import { median, percentile } from "../shared/statistics.ts"
import { bundles, plan } from "./plan.ts"
import type { Timed } from "./Planned.ts"
import { size, type Size } from "./size.ts"
import { type Target, targets } from "./targets.ts"

/** The figures of one case, one per round; empty if it did not run. */
export interface Figures {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** The CPU time of cases by their names. */
export type Round = ReadonlyMap<string, number>

/** The rounds of one target in both harnesses. */
export interface Compared {
  readonly time: ReadonlyArray<Round>
  readonly again: ReadonlyArray<Round>
}

export interface Measurements {
  /** CPU time. */
  readonly time: ReadonlyMap<string, Figures>
  /** Time by the clock. */
  readonly wall: ReadonlyMap<string, Figures>
  /** CPU time of the cases of each target, measured one after another in each round. */
  readonly compared: ReadonlyMap<Target, Compared>
  readonly hold: ReadonlyMap<string, Figures>
  readonly size: ReadonlyMap<string, Size>
  /** The number of rounds. */
  readonly rounds: { readonly time: number; readonly hold: number; readonly compared: number }
  /** The cases that did not run, with the reason. */
  readonly failures: ReadonlyArray<string>
}

/**
 * Runs rounds of processes. A busy machine runs fewer, but at least `least`: no round begins after `until` seconds, so that a
 * whole run takes about twenty minutes. Bytes hardly differ between processes.
 */
const rounds = {
  hold: { most: 3, least: 1, until: 75 },
  time: { most: 3, least: 1, until: 500 },
  compared: { most: 7, least: 3, until: 1000 },
}

/** After this many milliseconds a process is ended, and its case counts as not run: the slowest takes a sixth of it. */
const patience = 60_000

/** The cases of a target: ours, the peer, and what is subtracted on each side. */
export const casesOf = ({ against, floor, floorAgainst, ours }: Target): ReadonlyArray<string> =>
  [ours, against, floor, floorAgainst].filter((id) => id !== undefined)

const inTargets = new Set(targets.flatMap(casesOf))

/** What one process measures. `again` is the time in the other harness. */
type Measured = "time" | "again" | "hold"

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

export const summary = (values: ReadonlyArray<number>): Figures => ({
  median: median(values),
  least: percentile(values, 0),
  most: percentile(values, 100),
})

const summaries = (
  figures: ReadonlyMap<string, ReadonlyArray<Timed>>,
  clock: keyof Timed,
): ReadonlyMap<string, Figures> =>
  new Map([...figures].map(([id, values]) => [id, summary(values.map((value) => value[clock]))]))

const names = { time: "time", compared: "ratios", hold: "bytes" }

/** Measures everything whose name contains one of the parts of `only`, which are separated by commas; or only the targets. */
export const measureAll = async (only: string, progress: (line: string) => void): Promise<Measurements> => {
  const isWanted = (id: string): boolean =>
    only === "targets" ? inTargets.has(id.replace("size.", "")) : only.split(",").some((part) => id.includes(part))
  const failures = new Map<string, string>()
  const began = performance.now()
  const done = { time: 0, hold: 0, compared: 0 }

  const inRounds = (kind: keyof typeof rounds, round: (share: number) => void): void => {
    const { least, most, until } = rounds[kind]
    for (let number = 1; number <= most; number++) {
      if (number > least && performance.now() - began > until * 1000) break
      progress(`${names[kind]}, round ${number} of ${most}`)
      round((number - 1) / most)
      done[kind] = number
    }
  }

  const measured = (quantity: Measured, id: string): Timed | undefined => {
    if (failures.has(`${id}, ${quantity}`)) return undefined
    const figure = measure(quantity, id)
    if (typeof figure !== "string") return figure
    failures.set(`${id}, ${quantity}`, figure)
    return undefined
  }

  const cases = (quantity: "time" | "hold"): ReadonlyMap<string, ReadonlyArray<Timed>> => {
    const ids = plan.filter((one) => one[quantity] !== undefined && isWanted(one.id)).map(({ id }) => id)
    const figures = new Map<string, Array<Timed>>()
    if (ids.length === 0) return figures
    inRounds(quantity, (share) => {
      // A different case starts each round, so that none always runs on a cold machine.
      const first = Math.floor(ids.length * share)
      for (const id of [...ids.slice(first), ...ids.slice(0, first)]) {
        const figure = measured(quantity, id)
        if (figure !== undefined) figures.set(id, [...(figures.get(id) ?? []), figure])
      }
    })
    return figures
  }

  /** Measures the cases of a target one after another, so that a slow phase of the machine affects all of them. */
  const compare = (): ReadonlyMap<Target, Compared> => {
    const found = new Map<Target, Record<keyof Compared, Array<Round>>>()
    for (const target of targets) {
      if (target.quantity === "time" && casesOf(target).every(isWanted)) found.set(target, { time: [], again: [] })
    }
    if (found.size === 0) return found
    inRounds("compared", () => {
      for (const [target, all] of found) {
        for (const harness of ["time", "again"] as const) {
          const figures = casesOf(target).flatMap((id) => {
            const figure = measured(harness, id)
            return figure === undefined ? [] : [[id, figure.cpu] as const]
          })
          all[harness].push(new Map(figures))
        }
      }
    })
    return found
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
  const hold = cases("hold")
  const time = cases("time")
  return {
    time: summaries(time, "cpu"),
    wall: summaries(time, "wall"),
    hold: summaries(hold, "cpu"),
    compared: compare(),
    size: sizes,
    rounds: done,
    failures: [...failures].map(([name, why]) => `${name}: ${why}`),
  }
}
