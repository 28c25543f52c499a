/**
 * Which row of S3's table a code and its message belong to. Plain data, without the schemas of the errors.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import { rows, statuses, unknown } from "./rows.ts"

// Rows whose key is `Code: beginning of the message` refine the row of the code; the first that fits wins. They are
// collected from the rows, so that the table stays the only list.
const refinements = new Map<string, Array<{ readonly key: string; readonly beginning: string }>>()
for (const row of rows) {
  const key = "key" in row ? row.key : undefined
  const colon = key?.indexOf(": ") ?? -1
  if (key === undefined || colon === -1) continue
  const code = key.slice(0, colon)
  const beginnings = refinements.get(code) ?? []
  beginnings.push({ key, beginning: key.slice(colon + 2) })
  refinements.set(code, beginnings)
}

/**
 * The form of a response for the table. An error element without a code counts as no document. `isMarked`: the headers have a
 * mark of the storage.
 */
export const seen = (answer: {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly isMarked: boolean
}): ErrorRows.Seen => {
  const { code, isMarked, message, status } = answer
  if (code === "") return { status, form: isMarked ? "marks" : "none" }
  const refined = refinements.get(code)?.find(({ beginning }) => message.startsWith(beginning))
  return { key: refined?.key ?? code, status, form: "xml" }
}

/** Whether the storage itself sent the response: only then do its hints and its status speak for the storage. */
export const isOwn = ({ form }: ErrorRows.Seen): boolean => form !== "none"

/** The row of a response. Total. */
export const find = ErrorRows.finder({ system: "s3", rows, unknown, statuses })
