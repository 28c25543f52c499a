/**
 * The types that the parts of the journal share.
 */
import type { SavedAsset, ConfirmedPart } from "@holdfast/c2c/UploadSession"
import type { Chunk } from "@holdfast/c2c/ChunkPlan"
import type { FileVersion } from "@holdfast/c2c/LocalFile"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { JournalError } from "../../JournalError.ts"
import type { NewUpload, PartRecord, SavedError, UploadEventRecord, UploadRecord, Wanted } from "../../UploadRecord.ts"

/**
 * One change that the owner of the queue makes to the journal. Applying a change twice has the same effect as applying it
 * once.
 *
 * **Details**
 *
 * `Created` stores the upload URLs and discards the parts of an earlier asset. `Done`, `Canceled` and `Requeued` with
 * `fresh: true` delete the upload URLs. `Requeued` with `fresh: false` keeps the asset and its confirmed parts. `Ended` states
 * the final version of a recording and the number of its parts.
 */
export type Change =
  | { readonly _tag: "Creating"; readonly id: string; readonly file: FileVersion }
  | { readonly _tag: "NotCreated"; readonly id: string }
  | {
      readonly _tag: "Created"
      readonly id: string
      readonly asset: SavedAsset
      readonly chunks: number
      readonly chunkSize: number
    }
  | { readonly _tag: "Resumed"; readonly id: string; readonly resentBytes: number }
  | { readonly _tag: "PartSending"; readonly id: string; readonly chunk: Chunk }
  | { readonly _tag: "PartConfirmed"; readonly id: string; readonly part: ConfirmedPart }
  | { readonly _tag: "Ended"; readonly id: string; readonly file: FileVersion; readonly chunks: number }
  | { readonly _tag: "Done"; readonly id: string }
  | { readonly _tag: "Failed"; readonly id: string; readonly error: SavedError }
  | { readonly _tag: "Uncertain"; readonly id: string; readonly error: SavedError }
  | { readonly _tag: "Canceled"; readonly id: string }
  | { readonly _tag: "Requeued"; readonly id: string; readonly fresh: boolean; readonly createAgain: boolean }
  /** A cluster of workers begins another run of the upload. */
  | { readonly _tag: "Rerun"; readonly id: string; readonly run: number }
  | { readonly _tag: "Event"; readonly id: string; readonly kind: string; readonly detail: string }

/** What was found when the journal was opened. */
export interface Opening {
  /** If the journal was damaged: where it was set aside, and how many records were recovered and lost. */
  readonly damaged: { readonly setAside: string; readonly recovered: number; readonly lost: number } | undefined
  /** The number of parts whose records were damaged and which are therefore sent again. */
  readonly damagedParts: number
}

/** The right to work through the queue. */
export interface Owner {
  /** Increases with each owner. A write with an older epoch fails with `JournalFenced`. */
  readonly epoch: number
  /**
   * Writes changes, and waits until they would survive a power failure. Changes of concurrent callers share one transaction.
   */
  readonly write: (...changes: ReadonlyArray<Change>) => Effect.Effect<void, JournalError>
}

/** Keeps the state of all uploads on disk. */
export interface JournalService {
  /** The path of the journal, for messages. */
  readonly path: string
  readonly opening: Opening
  /** Adds uploads. Any process may add uploads. */
  readonly add: (uploads: ReadonlyArray<NewUpload>) => Effect.Effect<ReadonlyArray<UploadRecord>, JournalError>
  /** Returns all uploads in the order in which they were added. */
  readonly list: Effect.Effect<ReadonlyArray<UploadRecord>, JournalError>
  /**
   * Returns the uploads that the dispatcher of a cluster has to know, in no order: those that are begun, those with a request,
   * the first `most` of those that wait, and those in `ids`. The size of the result does not depend on the length of the queue.
   */
  readonly next: (most: number, ids: ReadonlySet<string>) => Effect.Effect<ReadonlyArray<UploadRecord>, JournalError>
  readonly get: (id: string) => Effect.Effect<UploadRecord | undefined, JournalError>
  readonly parts: (id: string) => Effect.Effect<ReadonlyArray<PartRecord>, JournalError>
  /** Returns the asset of an upload with its upload URLs, or `undefined` if none is recorded. */
  readonly asset: (id: string) => Effect.Effect<SavedAsset | undefined, JournalError>
  readonly events: (id: string) => Effect.Effect<ReadonlyArray<UploadEventRecord>, JournalError>
  /** Asks the owner to change uploads. Any process may ask. */
  readonly want: (ids: ReadonlyArray<string>, wanted: Wanted) => Effect.Effect<void, JournalError>
  readonly prioritize: (ids: ReadonlyArray<string>, priority: number) => Effect.Effect<void, JournalError>
  /** Whether the user has paused the whole queue. */
  readonly paused: Effect.Effect<boolean, JournalError>
  readonly setPaused: (paused: boolean) => Effect.Effect<void, JournalError>
  /** Removes uploads that are done or canceled, and failed ones on request. Returns the number of removed uploads. */
  readonly clean: (options: { readonly failed: boolean }) => Effect.Effect<number, JournalError>
  /** Emits whenever this process or another process has changed the journal. Several changes may be reported as one. */
  readonly changes: Stream.Stream<void, JournalError>
  /**
   * Becomes the owner until the scope closes. Fails at once with `JournalOwned` if another process is the owner.
   *
   * **Details**
   *
   * Uploads that an earlier owner left in `creating` become `uncertain`, unless `createAgain` is set, in which case they
   * become `queued`. Each upload that the earlier owner had begun without making progress counts one crash.
   */
  readonly own: Effect.Effect<Owner, JournalError, Scope.Scope>
  /**
   * Becomes the owner of one upload until the scope closes, as a worker of a cluster. The owner can change only this upload.
   *
   * **Details**
   *
   * Takes the upload from an earlier owner, whose later writes fail with `JournalFenced`. The upload is then in the state in
   * which `own` would find it. From the first call on, the journal belongs to workers: `own` fails with `JournalOwned`. Fails
   * with `JournalOwned` itself while a process owns the whole queue.
   */
  readonly ownUpload: (id: string) => Effect.Effect<Owner, JournalError, Scope.Scope>
  /**
   * The uploads that are done although the owner that sent them was killed or interrupted, so that the program may not have
   * reported them.
   */
  readonly unreported: Effect.Effect<ReadonlySet<string>, JournalError>
  /** States that this machine may continue a journal that was moved or rolled back. */
  readonly claim: Effect.Effect<void, JournalError>
}
