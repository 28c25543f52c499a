/**
 * Adds files to the queue.
 */
import type { FileVersion } from "@holdfast/c2c/LocalFile"
import * as LocalFileError from "@holdfast/c2c/LocalFileError"
import * as SourceFile from "@holdfast/c2c/SourceFile"
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Retry from "@holdfast/core/Retry"
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type { Journal } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { NewUpload, UploadRecord, Wanted } from "../../UploadRecord.ts"
import * as Quiet from "../recording/quiet.ts"
import type { Services } from "./drain.ts"
import * as SameContent from "./sameContent.ts"
import type { AddError, AddRequest } from "./types.ts"

/** A request whose file was opened and checked. */
interface Checked {
  readonly upload: NewUpload
  /** An upload that is done and had the same content. */
  readonly done: UploadRecord | undefined
}

const isSameVersion = (a: FileVersion, b: FileVersion): boolean =>
  a.bytes === b.bytes && a.modifiedNs === b.modifiedNs && a.inode === b.inode

const isSameTarget = (a: NewUpload, b: NewUpload): boolean =>
  a.path === b.path &&
  a.name === b.name &&
  a.filetype === b.filetype &&
  a.channel === b.channel &&
  a.device === b.device

/** Whether the file is the one that was added. A recording grows, and keeps its inode. */
const isSameFile = (record: UploadRecord, { file }: NewUpload): boolean =>
  record.quietMillis === undefined
    ? isSameVersion(record.file, file)
    : record.file.inode === file.inode && file.bytes >= record.file.bytes

/**
 * Whether an earlier request is for the same upload and has not been carried out.
 *
 * **Details**
 *
 * An upload that has not begun uploads the file as it is when the upload begins, so the version does not matter. An upload
 * that the user canceled stays canceled.
 */
const isSameUpload = (record: UploadRecord, added: NewUpload): boolean =>
  isSameTarget(record, added) &&
  record.state !== "done" &&
  record.state !== "canceled" &&
  (isSameFile(record, added) || (record.state === "queued" && record.assetId === undefined))

/** What the caller requests for an upload that is already in the queue. */
const wantedOf = ({ createAgain, state }: UploadRecord, again: boolean): Wanted | undefined => {
  if (again && (state === "uncertain" || !createAgain)) return "retry-create-again"
  return state === "failed" ? "retry" : undefined
}

const groupByPath = (records: ReadonlyArray<UploadRecord>): ReadonlyMap<string, ReadonlyArray<UploadRecord>> => {
  const groups = new Map<string, Array<UploadRecord>>()
  for (const record of records) {
    const group = groups.get(record.path)
    if (group === undefined) groups.set(record.path, [record])
    else group.push(record)
  }
  return groups
}

const sameIn = (groups: ReturnType<typeof groupByPath>, upload: NewUpload): UploadRecord | undefined =>
  groups.get(upload.path)?.find((record) => isSameUpload(record, upload))

/** Returns the quiet time of a recording. An invalid time is a defect. */
const quietMillisOf = ({ quietTime = Quiet.defaultTime }: NonNullable<AddRequest["recording"]>): number =>
  Math.ceil(InvalidPolicy.reader("Queue.add").millis("quietTime", quietTime, { min: 0, above: true }))

/** The number of files that are opened at once. Node opens 4 at once, and the others wait for their turn. */
const checkedAtOnce = 16

/** Opens and checks a file. The file is read only if its content is to be compared. */
const check = (
  { files, journal }: Pick<Services, "files" | "journal">,
  records: ReadonlyArray<UploadRecord>,
  groups: ReturnType<typeof groupByPath>,
  unreported: Effect.Effect<ReadonlySet<string>, JournalError>,
  { createAgain = false, path, priority, recording, skipUploaded, ...rest }: AddRequest,
): Effect.Effect<Checked, AddError> =>
  Effect.gen(function* () {
    const absolute = SourceFile.absolute(path)
    const open = Effect.retry(files.open(absolute), Retry.policy())
    if (recording !== undefined && SourceFile.isObject(path)) {
      return yield* new LocalFileError.NotRegularFile({ path, verdict: Verdict.never({ change: "human" }) })
    }
    const file = recording === undefined ? yield* open : undefined
    const version = file?.version ?? (yield* Effect.retry(files.version(absolute), Retry.policy()))
    const quietMillis = recording && quietMillisOf(recording)
    const upload: NewUpload = { ...rest, path: absolute, file: version, priority, createAgain, quietMillis }
    if (sameIn(groups, upload) !== undefined) return { upload, done: undefined }
    const candidates = skipUploaded === true ? records : finished(groups, upload, yield* unreported)
    // A recording that still grows has no size that could be compared.
    const equal = candidates.filter((record) => record.state === "done" && record.file.bytes === version.bytes)
    if (equal.length === 0) return { upload, done: undefined }
    return { upload, done: yield* SameContent.find(journal, equal, file ?? (yield* open)) }
  }).pipe(Effect.scoped)

/**
 * Returns the uploads of the same version of a file that are done although the run that sent them was stopped. The caller of
 * that run repeats its request, and must not upload the file twice.
 */
const finished = (
  groups: ReturnType<typeof groupByPath>,
  added: NewUpload,
  unreported: ReadonlySet<string>,
): ReadonlyArray<UploadRecord> =>
  (groups.get(added.path) ?? []).filter(
    (record) =>
      record.state === "done" &&
      unreported.has(record.id) &&
      isSameTarget(record, added) &&
      isSameVersion(record.file, added.file),
  )

/**
 * Adds files in one transaction, after opening and checking each file.
 *
 * **Details**
 *
 * A file that is already in the queue and not done is not added twice. Its upload continues, also if it failed. An upload
 * whose creation is uncertain continues only with `createAgain`. Returns the upload of each request, in the order of the
 * requests. An upload that is done is returned for a file with the same content: with `skipUploaded`, or if the run that
 * uploaded this version of the file was killed or interrupted.
 */
export const add = (
  { adding, files, journal }: Pick<Services, "adding" | "files" | "journal">,
  requests: ReadonlyArray<AddRequest>,
): Effect.Effect<ReadonlyArray<UploadRecord>, AddError> =>
  Effect.gen(function* () {
    if (requests.length === 0) return []
    const records = yield* journal.list
    const groups = groupByPath(records)
    const unreported = yield* Effect.cached(journal.unreported)
    const checkOne = (request: AddRequest) => check({ files, journal }, records, groups, unreported, request)
    // Files that are read whole are read one after another, because a card reads two files at once more slowly.
    const concurrency = requests.some(({ skipUploaded }) => skipUploaded === true) ? 1 : checkedAtOnce
    const checked = yield* Effect.forEach(requests, checkOne, { concurrency })
    // Two callers that add the same file must not both find that the file is not in the queue.
    return yield* adding.withPermit(addChecked(journal, checked))
  })

const addChecked = (journal: Journal["Service"], checked: ReadonlyArray<Checked>) =>
  Effect.gen(function* () {
    const groups = groupByPath(yield* journal.list)
    const fresh: Array<NewUpload> = []
    const freshOf = new Map<string, Array<number>>()
    const wanted: Record<Wanted, Array<string>> = { cancel: [], retry: [], "retry-create-again": [] }
    // The id of the upload of each request, or its position among the new uploads.
    const found = checked.map(({ done, upload }): string | number => {
      if (done !== undefined) return done.id
      const same = sameIn(groups, upload)
      if (same === undefined) {
        const ofPath = freshOf.get(upload.path) ?? []
        const earlier = ofPath.find((index) => isSameTarget(fresh[index] ?? upload, upload))
        if (earlier !== undefined) return earlier
        freshOf.set(upload.path, [...ofPath, fresh.length])
        return fresh.push(upload) - 1
      }
      const wants = wantedOf(same, upload.createAgain === true)
      if (wants !== undefined) wanted[wants].push(same.id)
      return same.id
    })
    const added = fresh.length === 0 ? [] : yield* addOnce(journal, fresh)
    for (const wants of ["retry", "retry-create-again"] as const) {
      if (wanted[wants].length > 0) yield* journal.want(wanted[wants], wants)
    }
    return yield* Effect.forEach(found, (where, index) => {
      if (typeof where === "string") {
        return Effect.flatMap(journal.get(where), (record) =>
          record === undefined ? missing(checked[index]) : Effect.succeed(record),
        )
      }
      const record = added[where]
      return record === undefined ? missing(checked[index]) : Effect.succeed(record)
    })
  })

/**
 * Adds new uploads. If another process has added the same file meanwhile, the upload that was added first is kept and the
 * other one is canceled.
 */
const addOnce = (
  journal: Journal["Service"],
  fresh: ReadonlyArray<NewUpload>,
): Effect.Effect<ReadonlyArray<UploadRecord>, JournalError> =>
  Effect.gen(function* () {
    const added = yield* journal.add(fresh)
    const groups = groupByPath(yield* journal.list)
    const kept = added.map((record) => {
      const same = sameIn(groups, record)
      return same !== undefined && same.seq < record.seq ? same : record
    })
    const superfluous = added.filter((record, index) => kept[index] !== record).map(({ id }) => id)
    if (superfluous.length > 0) yield* journal.want(superfluous, "cancel")
    return kept
  })

const missing = (checked: Checked | undefined) =>
  Effect.die(new Error(`the journal lost ${checked?.upload.path ?? "an upload"} while it was being added`))
