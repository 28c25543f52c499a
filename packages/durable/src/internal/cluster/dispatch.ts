/**
 * Decides which workflows the dispatcher starts, and which requests it carries out itself.
 */
import type { Change } from "../../Journal.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import * as Lanes from "../queue/lanes.ts"
import * as Wanted from "../queue/wanted.ts"

/** Whether a run of the upload may have begun on a runner. */
const isBegun = ({ state }: UploadRecord): boolean => state === "creating" || state === "sending"

const byUrgency = (a: UploadRecord, b: UploadRecord): number => {
  // A workflow that is over soon makes room, and a canceled upload needs no lane.
  const first = Number(b.wanted === "cancel") - Number(a.wanted === "cancel")
  return first || Number(isBegun(b)) - Number(isBegun(a)) || Lanes.order(a, b)
}

/**
 * Returns the open uploads whose workflows are to be started, in order.
 *
 * **Details**
 *
 * At most `most` workflows of open uploads run at once. `started` contains the run of each upload whose workflow was started. An
 * upload that the user canceled is started beyond this limit and during a pause, because its workflow carries the request out.
 */
export const starts = (
  records: ReadonlyArray<UploadRecord>,
  started: ReadonlyMap<string, number>,
  isPaused: boolean,
  most: number,
): ReadonlyArray<UploadRecord> => {
  const waiting: Array<UploadRecord> = []
  let running = 0
  for (const record of records) {
    if (!open.has(record.state)) continue
    if (started.get(record.id) === record.run) running++
    else waiting.push(record)
  }
  const isUrgent = ({ wanted }: UploadRecord) => wanted === "cancel"
  const sorted = waiting.toSorted(byUrgency)
  const urgent = sorted.filter(isUrgent)
  const others = sorted.filter((record) => !isUrgent(record))
  return isPaused ? urgent : [...urgent, ...others.slice(0, Math.max(0, most - running - urgent.length))]
}

/** Whether the user asked for a change of an upload that no workflow has. */
export const isRequested = (record: UploadRecord): boolean =>
  record.wanted !== undefined && !open.has(record.state) && Wanted.changeOf(record) !== undefined

/**
 * Returns the changes that carry out what the user asked for. An upload that is put back into the queue gets another run, because
 * the workflow of the last run has ended.
 */
export const changesOf = (record: UploadRecord): ReadonlyArray<Change> => {
  if (!isRequested(record)) return []
  const change = Wanted.changeOf(record)
  if (change === undefined) return []
  return change._tag === "Requeued" ? [change, { _tag: "Rerun", id: record.id, run: record.run + 1 }] : [change]
}
