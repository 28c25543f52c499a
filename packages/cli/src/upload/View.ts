/**
 * What a run says at its end: the files, as data, and what it went through, as a message.
 */
import * as Format from "../terminal/Format.ts"
import type { Style } from "../terminal/Style.ts"
import type * as Event from "./Event.ts"

/** What vouches for a file, in a few words. */
const proof = (entry: Event.File): string =>
  entry.sha256 !== null
    ? "stored as it is here"
    : entry.verified
      ? "the MD5 of every chunk confirmed by the storage"
      : "every chunk acknowledged, no MD5 stated by the storage"

/** The lines about a file that arrived; none is wider than 80 columns but for its path. */
export const file = (entry: Event.File, elapsedMs: number, style: Style): ReadonlyArray<string> => [
  `${style.good("uploaded")}  ${style.bold(entry.path)}`,
  `  ${Format.bytes(entry.bytes)} in ${Format.count(entry.chunks, "chunk", "chunks")}, ${Format.elapsed(elapsedMs)}, ${proof(entry)}`,
  ...(entry.sha256 === null ? [] : [`  ${style.dim(`sha256 ${entry.sha256}`)}`]),
]

const column = (rows: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

const gate = ({ closed, waitedMs }: { readonly closed: number; readonly waitedMs: number }): string =>
  closed === 0 && waitedMs === 0
    ? "open throughout"
    : `closed ${Format.count(closed, "time", "times")}, ${Format.elapsed(waitedMs)} waited`

/** What the run went through. */
export const journey = (summary: Event.Summary, style: Style): ReadonlyArray<string> => {
  const errors = Object.entries(summary.errors)
  const total = errors.reduce((sum, [, n]) => sum + n, 0)
  const { connectivity, authorization } = summary.gates
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["elapsed", Format.elapsed(summary.elapsedMs)],
    [
      "attempts",
      `${summary.attempts}, ${Format.count(summary.retries, "retry", "retries")}, ${Format.count(total, "fault", "faults")}`,
    ],
    ["connectivity", gate(connectivity)],
    ["authorization", gate(authorization)],
  ]
  return [
    "",
    ...column(rows).map((line) => `  ${line}`),
    ...(errors.length === 0
      ? []
      : [
          "",
          `  ${style.dim("faults met")}`,
          ...column(errors.map(([tag, n]) => [tag, String(n).padStart(3)])).map((line) => `    ${line}`),
        ]),
    "",
  ]
}
