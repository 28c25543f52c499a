/**
 * Formats the times, counts and stages of a policy.
 */
import * as Columns from "../terminal/Columns.ts"

const round = (n: number): number => Math.round(n * 100) / 100

/** `500 ms`, `15 s`, `183.5 s`, `2.5 h`; `without bound` if there is no limit. */
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

/** `16–32 s`: both ends in the unit of the longer one, or one figure if they are equal. */
export const range = (from: number, to: number, dash = "–"): string => {
  if (!Number.isFinite(to)) return `from ${time(from)}`
  const [size, name] = units.find(([ms]) => to >= ms) ?? [1000, "s"]
  const [low, high] = [round(from / size), round(to / size)]
  return low === high ? `${high} ${name}` : `${low}${dash}${high} ${name}`
}

/** `1 attempt`, `8 attempts`. */
export const count = (n: number, noun: string): string => `${round(n)} ${noun}${n === 1 ? "" : "s"}`

/** `≤ 1.2×`. */
export const factor = (n: number): string => (Number.isFinite(n) ? `≤ ${round(n)}×` : "without bound")

/** Wraps the stages, preferably between two of them. */
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
