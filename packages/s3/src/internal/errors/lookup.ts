/**
 * Finds the row of S3's table for a code and its message. Contains plain data without the error schemas.
 */
import * as ErrorRows from "@holdfast/core/ErrorRows"
import { rows, statuses, unknown } from "./rows.ts"

// Rows with the key `Code: beginning of the message` refine the row of the code; the first match counts. They are
// collected from the rows, so the table stays the only list.
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
 * The properties of a response that the lookup uses. An error element without a code is not treated as a document. `isMarked`
 * states whether the headers identify the storage as the sender.
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

/**
 * Whether the storage itself sent the response. The hints and the status reflect the state of the storage service only if the
 * service itself sent the response.
 */
export const isOwn = ({ form }: ErrorRows.Seen): boolean => form !== "none"

/** Returns the table row for a response. Total. */
export const find = ErrorRows.finder({ system: "s3", rows, unknown, statuses })
