/**
 * Formats the times, counts and stages of a policy.
 */
import * as Columns from "../terminal/Columns.ts"

const round = (n: number): number => Math.round(n * 100) / 100

/** Formats a duration as `500 ms`, `15 s`, `183.5 s` or `2.5 h`. The result is `without bound` if there is no limit. */
export const time = (ms: number): string => {
  if (!Number.isFinite(ms)) return "without bound"
  if (ms !== 0 && ms < 1000) return `${round(ms)} ms`
  return ms < 3_600_000 ? `${round(ms / 1000)} s` : `${round(ms / 3_600_000)} h`
}

const units: ReadonlyArray<readonly [ms: number, name: string]> = [
  [3_600_000, "h"],
  [1000, "s"],
  [1, "ms"],
]

/**
 * Formats a range as `16–32 s`, with both ends in the unit that suits the upper end. If both ends are equal, the result is a
 * single duration.
 */
export const range = (from: number, to: number, dash = "–"): string => {
  if (!Number.isFinite(to)) return `from ${time(from)}`
  const [size, name] = units.find(([ms]) => to >= ms) ?? [1000, "s"]
  const [low, high] = [round(from / size), round(to / size)]
  return low === high ? `${high} ${name}` : `${low}${dash}${high} ${name}`
}

/** Formats a count with its noun, as in `1 attempt` and `8 attempts`. */
export const count = (n: number, noun: string): string => `${round(n)} ${noun}${n === 1 ? "" : "s"}`

/** `≤ 1.2×`. */
export const factor = (n: number): string => (Number.isFinite(n) ? `≤ ${round(n)}×` : "without bound")

/** Wraps the line of stages, preferably between two stages. */
export const stages = (line: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const stage of line.split(/(?<= [›>] )/)) {
    const last = lines.at(-1)
    if (last !== undefined && Columns.width(last + stage.trimEnd()) <= columns) lines[lines.length - 1] = last + stage
    else lines.push(`${last === undefined ? "" : "  "}${stage}`)
  }
  return lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? ""
    // The separator stays at the end of the line before it.
    const tied = line.trim().replace(/ (?=[›>]$)/, "\u00a0")
    const pieces = Columns.wrap(tied, columns - indent.length, columns - indent.length - 2)
    return pieces.map((piece, n) => `${indent}${n === 0 ? "" : "  "}${piece.replace("\u00a0", " ")}`)
  })
}
