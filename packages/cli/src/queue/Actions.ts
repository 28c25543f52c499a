/**
 * Selects the uploads that an action applies to.
 */
import { open, type UploadRecord } from "@holdfast/durable/UploadRecord"
import * as Effect from "effect/Effect"
import { UsageError } from "../process/PersonError.ts"

export const canRetry = ({ state }: UploadRecord): boolean =>
  state === "failed" || state === "uncertain" || state === "canceled"

export const canCancel = ({ state }: UploadRecord): boolean => state !== "done" && state !== "canceled"

/** Whether the process that sends the queue will send the upload. */
export const willBeSent = ({ state, wanted }: UploadRecord): boolean => {
  if (wanted === "cancel") return false
  if (open.has(state) || wanted === "retry-create-again") return true
  return wanted === "retry" && (state === "failed" || state === "canceled")
}

export const idsOf = (records: ReadonlyArray<UploadRecord>): ReadonlyArray<string> => records.map(({ id }) => id)

/**
 * Returns the uploads with the given ids, or all uploads that the action allows if no id is given. An id may be shortened as
 * long as it is unambiguous.
 */
export const choose = (
  records: ReadonlyArray<UploadRecord>,
  ids: ReadonlyArray<string>,
  isAllowed: (record: UploadRecord) => boolean,
): Effect.Effect<ReadonlyArray<UploadRecord>, UsageError> => {
  // Retrying every canceled upload would undo decisions, so `--all` leaves them out.
  if (ids.length === 0) {
    return Effect.succeed(records.filter((record) => isAllowed(record) && !isDecided(record)))
  }
  return Effect.forEach(ids, (id) => {
    const exact = records.find((record) => record.id === id)
    const found = exact === undefined ? records.filter((record) => id !== "" && record.id.startsWith(id)) : [exact]
    const [first, second] = found
    if (first === undefined) return refuse(`no upload has the id ${id}`, "run holdfast queue list")
    if (second !== undefined) return refuse(`several uploads have an id that begins with ${id}`, "give more characters")
    if (!isAllowed(first)) return refuse(`${first.id} is ${first.state}`, "run holdfast queue list")
    return Effect.succeed(first)
  })
}

/** Whether the user has to name the upload explicitly: it was canceled, or its asset may already exist. */
const isDecided = ({ state }: UploadRecord): boolean => state === "canceled" || state === "uncertain"

const refuse = (problem: string, remedy: string) => Effect.fail(new UsageError({ problem, remedy }))
