/**
 * Records the steps of an upload in the journal.
 */
import * as ChunkPlan from "@holdfast/c2c/ChunkPlan"
import type { Chunk } from "@holdfast/c2c/ChunkPlan"
import { type Saved, type SavedAsset, StepNotRecorded, type UploadSession } from "@holdfast/c2c/UploadSession"
import * as Effect from "effect/Effect"
import type { Change, Owner } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"

/** Changes that could not be recorded. */
export interface Unrecorded {
  readonly error: JournalError
  readonly changes: ReadonlyArray<Change>
}

/** The session of one upload. */
export interface Session extends UploadSession {
  /** Whether a creation request may have been sent without its response being recorded. */
  readonly isCreating: () => boolean
  /**
   * If a step could not be recorded: why, and the changes that state what is known. These changes are to be written as soon as
   * the journal can be written.
   */
  readonly unrecorded: () => Unrecorded | undefined
}

type Step = StepNotRecorded["step"]

/** What a step is about: the asset, the end of a recording, or the part with this index. */
type Subject = "asset" | "end" | number

const notRecorded = (step: Step, error: JournalError): StepNotRecorded =>
  new StepNotRecorded({ verdict: error.verdict, step, reason: error.message, action: error.action, cause: error })

const chunkSizeOf = (bytes: number, urls: number): number => {
  const plan = ChunkPlan.make(bytes, urls)
  return ChunkPlan.isRefused(plan) ? 0 : plan.chunkSize
}

/**
 * The longest part that is recorded as begun together with its asset, in bytes.
 *
 * **Details**
 *
 * A transaction of its own between the two requests of a small file takes as long as a tenth of them. The price is that a
 * process that stops before it sends such a part makes the next one count the part in `resentBytes`.
 */
const soonSent = 256 * 1024

/** The only part of an asset, if it is small and its offset is known. */
const smallOnlyPart = ({ file, partSize, uploadUrls }: SavedAsset): Chunk | undefined =>
  partSize === undefined && uploadUrls.length === 1 && file.bytes <= soonSent
    ? { index: 0, offset: 0, length: file.bytes }
    : undefined

/** Creates a session that continues from `saved`. */
export const make = (owner: Owner, { id, resentBytes: before }: UploadRecord, saved: Saved | undefined): Session => {
  let isCreating = false
  let error: JournalError | undefined
  /** What is known but not recorded, keyed by the step's subject. */
  const known = new Map<Subject, Change>()
  /** The chunks that an earlier process began, and that this one has not sent again. */
  const begun = new Set(saved?.begun)
  /** Whether the only chunk was recorded as begun with its asset, and has not been sent. */
  let isOnlyBegun = false
  let resentBytes = before

  /** Records a step. If the step cannot be recorded, `change` is what is known about its subject, if anything. */
  const write = (
    step: Step,
    subject: Subject,
    changes: ReadonlyArray<Change>,
    change?: Change,
  ): Effect.Effect<void, StepNotRecorded> =>
    owner.write(...changes).pipe(
      Effect.mapError((failure) => {
        error = failure
        if (change !== undefined) known.set(subject, change)
        return notRecorded(step, failure)
      }),
      // The engine may repeat a step.
      Effect.tap(() => Effect.sync(() => known.delete(subject))),
    )

  const notCreated: Change = { _tag: "NotCreated", id }

  return {
    saved,
    isCreating: () => isCreating,
    unrecorded: () => (error === undefined ? undefined : { error, changes: [...known.values()] }),
    creating: (file) =>
      Effect.tap(
        // A failed write may have been stored, but the request is not sent.
        Effect.suspend(() => write("creating", "asset", [{ _tag: "Creating", id, file }], notCreated)),
        () =>
          Effect.sync(() => {
            isCreating = true
          }),
      ),
    notCreated: Effect.suspend(() => {
      isCreating = false
      return write("notCreated", "asset", [notCreated], notCreated)
    }),
    created: (asset) => {
      const chunks = asset.uploadUrls.length
      const chunkSize = asset.partSize ?? chunkSizeOf(asset.file.bytes, chunks)
      const created: Change = { _tag: "Created", id, asset, chunks, chunkSize }
      const only = smallOnlyPart(asset)
      const sending: ReadonlyArray<Change> = only === undefined ? [] : [{ _tag: "PartSending", id, chunk: only }]
      return Effect.suspend(() => {
        begun.clear()
        known.clear()
        isOnlyBegun = false
        return write("created", "asset", [created, ...sending], created)
      }).pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            isCreating = false
            isOnlyBegun = only !== undefined
          }),
        ),
      )
    },
    sending: (chunk) =>
      Effect.suspend(() => {
        const { index, length } = chunk
        if (isOnlyBegun) {
          isOnlyBegun = false
          return Effect.void
        }
        const sending: Change = { _tag: "PartSending", id, chunk }
        if (!begun.delete(index)) return write("sending", index, [sending])
        resentBytes += length
        return write("sending", index, [{ _tag: "Resumed", id, resentBytes }, sending])
      }),
    ended: (file, chunks) => {
      const ended: Change = { _tag: "Ended", id, file, chunks }
      return Effect.suspend(() => write("ended", "end", [ended], ended))
    },
    confirmed: (part) => {
      const confirmed: Change = { _tag: "PartConfirmed", id, part }
      return Effect.suspend(() => write("confirmed", part.index, [confirmed], confirmed))
    },
  }
}
