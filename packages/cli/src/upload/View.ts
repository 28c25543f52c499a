/**
 * Formats the output at the end of a run: its files as data for standard output, and its totals as messages.
 */
import * as Format from "../terminal/Format.ts"
import type { Style } from "../terminal/Style.ts"
import type * as Event from "./Event.ts"

/** Briefly describes the proof that a file was stored. */
const proof = (entry: Event.File): string =>
  entry.outcome === "unverified"
    ? "NOT PROVEN to be stored"
    : entry.sha256 !== null
      ? "stored bytes match the file"
      : entry.verified
        ? "the storage confirmed the MD5 of every chunk"
        : "every chunk acknowledged; the storage sent no MD5"

/** Formats the lines about a file that arrived. Apart from the path, each line fits in 80 columns. */
export const file = (entry: Event.File, elapsedMs: number, style: Style): ReadonlyArray<string> => [
  `${entry.outcome === "unverified" ? style.wait("unverified") : style.good("uploaded")}  ${style.bold(entry.path)}`,
  `  ${entry.bytes === 0 ? "an empty file: " : ""}${Format.bytes(entry.bytes)} in ${Format.count(entry.chunks, "chunk", "chunks")}, ${Format.elapsed(elapsedMs)}, ${proof(entry)}`,
  ...(entry.sha256 === null ? [] : [`  ${style.dim(`sha256 ${entry.sha256}`)}`]),
]

const column = (rows: ReadonlyArray<readonly [string, string]>): ReadonlyArray<string> => {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}

const gate = ({ closed, waitedMs }: { readonly closed: number; readonly waitedMs: number }): string =>
  closed === 0 && waitedMs === 0
    ? "open throughout"
    : `${closed === 0 ? "" : `closed ${Format.count(closed, "time", "times")}, `}${Format.elapsed(waitedMs)} waited`

/** Formats the totals of a run. */
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
          `  ${style.dim("faults")}`,
          ...column(errors.map(([tag, n]) => [tag, String(n).padStart(3)])).map((line) => `    ${line}`),
        ]),
    "",
  ]
}

/** The text for each outcome, in the order in which the outcomes are reported. */
const words: Readonly<Record<Event.FileOutcome, string>> = {
  uploaded: "arrived",
  unverified: "not proven to have arrived",
  failed: "failed",
  interrupted: "interrupted",
  skipped: "not sent",
  queued: "in the queue",
}

const outcomes: ReadonlyArray<Event.FileOutcome> = [
  "uploaded",
  "unverified",
  "failed",
  "interrupted",
  "skipped",
  "queued",
]

/**
 * Formats the last lines of a run with several files, or of an interrupted run. The lines contain the number of files with
 * each outcome, and the paths of the files that were not `uploaded`.
 *
 * **Details**
 *
 * Uploaded files have already been listed on standard output. Sending a stored file again would store it twice. `resume` is the
 * command that continues an interrupted run.
 */
export const tally = (
  { counts, files, outcome }: Event.Summary,
  style: Style,
  resume: string | undefined,
): ReadonlyArray<string> => {
  if ((files.length < 2 && outcome !== "interrupted") || outcome === "queued") return []
  const said = outcomes.filter((name) => counts[name] > 0 || name === "uploaded")
  const text = said.map((name) => `${counts[name]} ${words[name]}`).join(", ")
  const others = files.filter((file) => file.outcome !== "uploaded")
  if (others.length === 0) return [`${style.good("holdfast:")} ${text}`]
  const advice =
    outcome === "interrupted"
      ? resume === undefined
        ? ""
        : `; run ${resume} without files to continue`
      : counts.uploaded === 0
        ? ""
        : "; send only the files listed below again"
  const width = Math.max(...others.map((file) => file.outcome.length))
  return [
    `${style.bad("holdfast:")} ${outcome === "interrupted" ? "interrupted: " : ""}${text}${advice}`,
    ...others.map((file) => `  ${file.outcome.padEnd(width)}  ${file.path}`),
  ]
}
