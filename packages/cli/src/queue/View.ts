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
  const rows = records.flatMap((record) => {
    const { confirmed, error, file, id, path, state } = record
    const head = `${id.slice(0, idLength).padEnd(idLength)}  ${state.padEnd(9)}`
    const size = `${Format.bytes(file.bytes).padStart(9)}  ${Format.percent(confirmed, file.bytes).padStart(6)}`
    const room = Math.max(10, columns - head.length - size.length - 4)
    return [
      `${id.slice(0, idLength).padEnd(idLength)}  ${paint(style, state)(state.padEnd(9))}  ${size}  ${end(Printable.clean(path), room)}`,
      ...(error === undefined
        ? []
        : Columns.wrap(Printable.clean(error.message), Math.max(20, columns - idLength - 2)).map(
            (text) => `${" ".repeat(idLength + 2)}${style.dim(text)}`,
          )),
    ]
  })
  const totals = states.flatMap((state) => {
    const count = records.filter((record) => record.state === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  return [...rows, `${uploads(records.length)}: ${totals.join(", ")}`, ...pause]
}

/** Shortens a path at its beginning, because its end is the name of the file. */
const end = (path: string, width: number): string => {
  if (Columns.width(path) <= width) return path
  const characters = Array.from(path)
  let kept = ""
  for (const character of characters.toReversed()) {
    if (Columns.width(character + kept) > width - 1) break
    kept = character + kept
  }
  return `…${kept}`
}
