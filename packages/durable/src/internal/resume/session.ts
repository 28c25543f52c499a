/**
 * Records the steps of an upload in the journal.
 */
import * as ChunkPlan from "@holdfast/c2c/ChunkPlan"
import { type Saved, StepNotRecorded, type UploadSession } from "@holdfast/c2c/UploadSession"
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
  /** Whether a creation request may have been sent whose response is not recorded. */
  readonly isCreating: () => boolean
  /**
   * If a step could not be recorded: why, and the changes that state what is known. These changes are to be written as soon as
   * the journal can be written.
   */
  readonly unrecorded: () => Unrecorded | undefined
}

type Step = StepNotRecorded["step"]

const notRecorded = (step: Step, error: JournalError): StepNotRecorded =>
  new StepNotRecorded({ verdict: error.verdict, step, reason: error.message, action: error.action, cause: error })

const chunkSizeOf = (bytes: number, urls: number): number => {
  const plan = ChunkPlan.make(bytes, urls)
  return ChunkPlan.isRefused(plan) ? 0 : plan.chunkSize
}

/** Creates a session that continues from `saved`. */
export const make = (owner: Owner, { id, resentBytes: before }: UploadRecord, saved: Saved | undefined): Session => {
  let isCreating = false
  let error: JournalError | undefined
  const unrecorded: Array<Change> = []
  /** The chunks that an earlier process began, and that this one has not sent again. */
  const begun = new Set(saved?.begun)
  let resentBytes = before

  /** Records a step. `known` is what is known if the step could not be recorded. */
  const write = (
    step: Step,
    changes: ReadonlyArray<Change>,
    known: ReadonlyArray<Change>,
  ): Effect.Effect<void, StepNotRecorded> =>
    Effect.mapError(owner.write(...changes), (failure) => {
      error = failure
      unrecorded.push(...known)
      return notRecorded(step, failure)
    })

  const notCreated: Change = { _tag: "NotCreated", id }

  return {
    saved,
    isCreating: () => isCreating,
    unrecorded: () => (error === undefined ? undefined : { error, changes: unrecorded }),
    creating: (file) =>
      Effect.tap(
        // A failed write may have been stored, but the request is not sent.
        Effect.suspend(() => write("creating", [{ _tag: "Creating", id, file }], [notCreated])),
        () =>
          Effect.sync(() => {
            isCreating = true
          }),
      ),
    notCreated: Effect.suspend(() => {
      isCreating = false
      return write("notCreated", [notCreated], [notCreated])
    }),
    created: (asset) =>
      Effect.suspend(() => {
        isCreating = false
        begun.clear()
        const chunks = asset.uploadUrls.length
        const chunkSize = chunkSizeOf(asset.file.bytes, chunks)
        const created: Change = { _tag: "Created", id, asset, chunks, chunkSize }
        return write("created", [created], [created])
      }),
    sending: (chunk) =>
      Effect.suspend(() => {
        const sending: Change = { _tag: "PartSending", id, chunk }
        if (!begun.delete(chunk.index)) return write("sending", [sending], [])
        resentBytes += chunk.length
        return write("sending", [{ _tag: "Resumed", id, resentBytes }, sending], [])
      }),
    confirmed: (part) => {
      const confirmed: Change = { _tag: "PartConfirmed", id, part }
      return write("confirmed", [confirmed], [confirmed])
    },
  }
}
