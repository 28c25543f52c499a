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
      error: Schema.NullOr(Schema.Struct({ tag: Schema.String, message: Schema.String, exitCode: Schema.Int })),
    }),
  ),
})

/** Returns the document for the uploads. */
export const document = (records: ReadonlyArray<UploadRecord>): (typeof Document)["Type"] => ({
  files: records.map(({ confirmed, error, file, id, path, state }) => ({
    id,
    path,
    state,
    bytes: file.bytes,
    confirmed,
    error: error ?? null,
  })),
})

export const uploads = (count: number): string => Format.count(count, "upload", "uploads")

/** The number of characters of an id that the table shows. */
const idLength = 8

/** The length of the longest state. */
const stateLength = 9

/** The order in which the totals name the states. */
const states: ReadonlyArray<UploadState> = ["sending", "creating", "queued", "failed", "uncertain", "canceled", "done"]

const paint = (style: Style, state: UploadState): ((text: string) => string) => {
  if (state === "done") return style.good
  if (state === "failed" || state === "uncertain") return style.bad
  return state === "sending" || state === "creating" ? style.wait : style.dim
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
  const rows = records.flatMap(({ confirmed, error, file, id, path, state }) => {
    const name = id.slice(0, idLength).padEnd(idLength)
    const size = Format.bytes(file.bytes).padStart(9)
    const share = Format.percent(confirmed, file.bytes).padStart(6)
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
  const counts = new Map<UploadState, number>()
  for (const { state } of records) counts.set(state, (counts.get(state) ?? 0) + 1)
  const totals = states.flatMap((state) => (counts.has(state) ? [`${counts.get(state)} ${state}`] : []))
  return [...rows, `${uploads(records.length)}: ${totals.join(", ")}`, ...pause]
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
