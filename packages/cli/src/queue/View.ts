/**
 * Formats the queue as a table and as JSON.
 */
import type { UploadRecord, UploadState } from "@holdfast/durable/UploadRecord"
import * as Schema from "effect/Schema"
import * as Columns from "../terminal/Columns.ts"
import * as Format from "../terminal/Format.ts"
import * as Printable from "../terminal/Printable.ts"
import type { Style } from "../terminal/Style.ts"

/** The document that `holdfast queue list --json` prints. Sizes are in bytes. */
export const Document = Schema.Struct({
  files: Schema.Array(
    Schema.Struct({
      id: Schema.String,
      path: Schema.String,
      state: Schema.Literals(["queued", "creating", "sending", "done", "failed", "uncertain", "canceled"]),
      bytes: Schema.Int,
      /** The bytes of the parts that the storage has confirmed. */
      confirmed: Schema.Int,
      /** Only for a recording, which is uploaded while it grows. Until it has ended, `bytes` counts what is known to the queue. */
      recording: Schema.optionalKey(Schema.Literals(["growing", "ended"])),
      error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String, exitCode: Schema.Int })),
    }),
  ),
})

/** Whether the upload is a recording whose end is not known. */
const isGrowing = ({ chunks = 0, quietMillis }: UploadRecord): boolean => quietMillis !== undefined && chunks === 0

/** The state that the table shows: a recording that grows while it is sent has a word of its own. */
const shownState = (record: UploadRecord): UploadState | "recording" =>
  record.state === "sending" && isGrowing(record) ? "recording" : record.state

/** Returns the document for the uploads. */
export const document = (records: ReadonlyArray<UploadRecord>): (typeof Document)["Type"] => ({
  files: records.map((record) => ({
    id: record.id,
    path: record.path,
    state: record.state,
    bytes: record.file.bytes,
    confirmed: record.confirmed,
    ...(record.quietMillis === undefined ? {} : { recording: isGrowing(record) ? "growing" : "ended" }),
    error: record.error ?? null,
  })),
})

export const uploads = (count: number): string => Format.count(count, "upload", "uploads")

/** The number of characters of an id that the table shows. */
const idLength = 8

/** The length of the longest state. */
const stateLength = 9

/** The order in which the totals name the states. */
const states: ReadonlyArray<UploadState | "recording"> = [
  "recording",
  "sending",
  "creating",
  "queued",
  "failed",
  "uncertain",
  "canceled",
  "done",
]

const paint = (style: Style, state: UploadState | "recording"): ((text: string) => string) => {
  if (state === "done") return style.good
  if (state === "failed" || state === "uncertain") return style.bad
  return state === "recording" || state === "sending" || state === "creating" ? style.wait : style.dim
}

/** Formats the uploads, the errors of those that failed, and the totals. */
export const lines = (
  records: ReadonlyArray<UploadRecord>,
  paused: boolean,
  columns: number,
  style: Style,
): ReadonlyArray<string> => {
  const pause = paused ? [style.wait("the queue is paused; run holdfast queue resume")] : []
  if (records.length === 0) return [...pause, "the queue is empty"]
  const room = Math.max(10, columns - idLength - stateLength - 9 - 6 - 8)
  const rows = records.flatMap((record) => {
    const { confirmed, error, file, id, path } = record
    const state = shownState(record)
    const name = id.slice(0, idLength).padEnd(idLength)
    const size = Format.bytes(file.bytes).padStart(9)
    const share = (state === "recording" ? "" : Format.percent(confirmed, file.bytes)).padStart(6)
    const shown = paint(style, state)(state.padEnd(stateLength))
    return [
      `${name}  ${shown}  ${size}  ${share}  ${end(Printable.clean(path), room)}`,
      ...(error === undefined
        ? []
        : Columns.wrap(Printable.clean(error.message), Math.max(20, columns - idLength - 2)).map(
            (text) => `${" ".repeat(idLength + 2)}${style.dim(text)}`,
          )),
    ]
  })
  const counts = new Map<UploadState | "recording", number>()
  for (const state of records.map(shownState)) counts.set(state, (counts.get(state) ?? 0) + 1)
  const totals = states.flatMap((state) => (counts.has(state) ? [`${counts.get(state)} ${state}`] : []))
  return [...rows, `${uploads(records.length)}: ${totals.join(", ")}`, ...pause]
}

/**
 * Formats an upload that has ended on a worker. Its identifier is the one that `holdfast queue retry` needs. On a terminal, the
 * path is shortened and the error is wrapped; `columns` is `undefined` elsewhere.
 */
export const ended = (
  { file, id, path }: Pick<UploadRecord, "file" | "id" | "path">,
  outcome: "canceled" | "failed" | "uploaded",
  error: string | undefined,
  columns: number | undefined,
  style: Style,
): ReadonlyArray<string> => {
  const shown = (outcome === "uploaded" ? style.good : style.bad)(outcome.padEnd(stateLength))
  const start = `${id.slice(0, idLength).padEnd(idLength)}  ${shown}  ${Format.bytes(file.bytes).padStart(9)}  `
  const indent = " ".repeat(idLength + 2)
  const name = Printable.clean(path)
  const text = Printable.clean(error ?? "")
  const room = columns === undefined ? undefined : Math.max(10, columns - idLength - stateLength - 9 - 6)
  return [
    `${start}${room === undefined ? name : end(name, room)}`,
    ...(text === ""
      ? []
      : room === undefined
        ? [text]
        : Columns.wrap(text, Math.max(20, (columns ?? 0) - idLength - 2))
    ).map((line) => `${indent}${style.dim(line)}`),
  ]
}

/** Shortens a path at its beginning, because its end is the name of the file. */
const end = (path: string, width: number): string => {
  if (Columns.width(path) <= width) return path
  const characters = Array.from(path)
  let from = characters.length
  let left = width - 1
  while (from > 0) {
    left -= Columns.width(characters[from - 1] ?? "")
    if (left < 0) break
    from--
  }
  return `…${characters.slice(from).join("")}`
}
