/**
 * Adds files to the queue.
 */
import * as LocalFile from "@holdfast/c2c/LocalFile"
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import type { Journal } from "../../Journal.ts"
import type { NewUpload, UploadRecord, Wanted } from "../../UploadRecord.ts"
import * as SameContent from "./sameContent.ts"
import type { AddError, AddRequest } from "./types.ts"

/** What happens to one request. */
type Plan =
  | { readonly _tag: "Add"; readonly upload: NewUpload }
  | { readonly _tag: "Keep"; readonly id: string; readonly wanted: Wanted | undefined }
  | { readonly _tag: "Skip"; readonly record: UploadRecord }

const isSameVersion = (a: LocalFile.FileVersion, b: LocalFile.FileVersion): boolean =>
  a.bytes === b.bytes && a.modifiedNs === b.modifiedNs && a.inode === b.inode

/**
 * Whether an earlier request is for the same upload and has not been carried out.
 *
 * **Details**
 *
 * An upload that has not begun uploads the file as it is when the upload begins, so the version does not matter. An upload
 * that a person canceled stays canceled.
 */
const isSameUpload = (record: UploadRecord, added: NewUpload): boolean =>
  record.path === added.path &&
  record.name === added.name &&
  record.filetype === added.filetype &&
  record.channel === added.channel &&
  record.state !== "done" &&
  record.state !== "canceled" &&
  (isSameVersion(record.file, added.file) || (record.state === "queued" && record.assetId === undefined))

/** What the caller of an upload that is already in the queue wants. */
const wantedOf = ({ createAgain, state }: UploadRecord, again: boolean): Wanted | undefined => {
  if (again && (state === "uncertain" || !createAgain)) return "retry-create-again"
  return state === "failed" ? "retry" : undefined
}

/**
 * Adds files in one transaction, after opening and checking each file.
 *
 * **Details**
 *
 * A file that is already in the queue and not done is not added twice. Its upload continues, also if it failed. An upload
 * whose creation is uncertain continues only with `createAgain`. Returns the upload of each request, in the order of the
 * requests; with `skipUploaded`, this may be an upload that is done.
 */
export const add = (
  journal: Journal["Service"],
  requests: ReadonlyArray<AddRequest>,
): Effect.Effect<ReadonlyArray<UploadRecord>, AddError> =>
  Effect.gen(function* () {
    const records = requests.length === 0 ? [] : yield* journal.list
    const byPath = new Map<string, Array<UploadRecord>>()
    for (const record of records) {
      const others = byPath.get(record.path)
      if (others === undefined) byPath.set(record.path, [record])
      else others.push(record)
    }
    const plans = yield* Effect.forEach(requests, ({ createAgain = false, path, priority, skipUploaded, ...rest }) =>
      Effect.gen(function* () {
        const absolute = Path.resolve(path)
        const file = yield* Effect.retry(LocalFile.open(absolute), Retry.policy())
        const upload: NewUpload = { ...rest, path: absolute, file: file.version, priority, createAgain }
        const same = byPath.get(absolute)?.find((record) => isSameUpload(record, upload))
        if (same !== undefined) return { _tag: "Keep", id: same.id, wanted: wantedOf(same, createAgain) } as const
        const done = skipUploaded === true ? yield* SameContent.find(journal, records, file) : undefined
        return done === undefined ? ({ _tag: "Add", upload } as const) : ({ _tag: "Skip", record: done } as const)
      }).pipe(Effect.scoped),
    )
    const added = yield* addNew(journal, plans)
    const ids = (wanted: Wanted) =>
      plans.flatMap((plan) => (plan._tag === "Keep" && plan.wanted === wanted ? [plan.id] : []))
    for (const wanted of ["retry", "retry-create-again"] as const) {
      if (ids(wanted).length > 0) yield* journal.want(ids(wanted), wanted)
    }
    let next = 0
    return yield* Effect.forEach(plans, (plan) => {
      if (plan._tag === "Skip") return Effect.succeed(plan.record)
      const record = plan._tag === "Add" ? added[next++] : records.find(({ id }) => id === plan.id)
      if (record === undefined) return Effect.die("the journal did not return an upload that was added")
      return plan._tag === "Add" ? Effect.succeed(record) : Effect.map(journal.get(plan.id), (now) => now ?? record)
    })
  })

const addNew = (journal: Journal["Service"], plans: ReadonlyArray<Plan>) => {
  const uploads = plans.flatMap((plan) => (plan._tag === "Add" ? [plan.upload] : []))
  return uploads.length === 0 ? Effect.succeed([]) : journal.add(uploads)
}
