/**
 * Records the steps of an upload, so that a later process can continue the upload after this process has stopped.
 */
import type { Classified } from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Chunk } from "./ChunkPlan.ts"
import type { FileVersion } from "./LocalFile.ts"

/**
 * A step of an upload could not be recorded, so the upload stopped before the step.
 *
 * **Details**
 *
 * Nothing is lost: every step that was recorded earlier is still recorded. `reason` states why the record cannot be written,
 * and `action` states the remedy.
 */
export class StepNotRecorded extends Schema.TaggedError<StepNotRecorded>()("StepNotRecorded", {
  verdict: VerdictSchema,
  step: Schema.Literals(["creating", "created", "notCreated", "sending", "confirmed", "ended"]),
  reason: Schema.String,
  action: Schema.String,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `The state of the upload cannot be recorded: ${this.reason}`
  }
}

/**
 * The queue that records this upload ended it: a user canceled it, another process could not upload the file, or the process
 * stopped too often during the upload. `reason` states which, and `action` states the remedy.
 */
export class EndedByQueue extends Schema.TaggedError<EndedByQueue>()("EndedByQueue", {
  verdict: VerdictSchema,
  path: Schema.String,
  reason: Schema.String,
  action: Schema.String,
}) {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

/** An asset, with the attributes of the file for which it was created. */
export interface SavedAsset {
  readonly assetId: string
  /** The upload URLs. These URLs are credentials. */
  readonly uploadUrls: ReadonlyArray<Redacted.Redacted<string>>
  /** The media type for which the upload URLs are signed. */
  readonly filetype: string
  /** The server's time when the asset was created, in epoch milliseconds, if the response stated the time. */
  readonly serverTime: number | undefined
  readonly file: FileVersion
  /**
   * The size of the first part of a recording, in bytes. The offsets and sizes of all other parts follow from it. Undefined
   * for a complete file.
   */
  readonly partSize?: number | undefined
}

/** A chunk that the storage has confirmed, with the MD5 of the bytes that were sent, in hexadecimal. */
export interface ConfirmedPart extends Chunk {
  readonly md5: string
  /** How the storage confirmed the chunk. `none` means that the caller accepted a chunk without proof. */
  readonly proof: "md5" | "etag" | "none"
}

/** Records the attempts to create one asset. */
export interface CreationRecord {
  /** Runs before each attempt is sent. If it fails, nothing is sent. */
  readonly before: Effect.Effect<void, StepNotRecorded>
  /** Runs after an attempt that cannot have created the asset, before the wait for the next attempt. Default: nothing. */
  readonly retrying?: Effect.Effect<void> | undefined
  /** Runs if the creation failed or was interrupted, and no attempt can have created the asset. */
  readonly notCreated: Effect.Effect<void, StepNotRecorded>
}

/** The state in which an earlier process left an upload. */
export interface Saved {
  readonly asset: SavedAsset
  readonly confirmed: ReadonlyArray<ConfirmedPart>
  /** The indexes of the chunks that the earlier process had begun to send without a confirmation. */
  readonly begun: ReadonlySet<number>
}

/**
 * Receives every step of one upload.
 *
 * **Details**
 *
 * The upload waits until a step is recorded. `creating` is called before each attempt to create the asset, and `sending`
 * once for each chunk, before its first byte and after it has a slot. `confirmed` is called before the chunk counts as confirmed. `notCreated` is called if the
 * creation provably failed. If a new asset replaces an asset whose upload URLs have expired, `creating` and `created` are
 * called again, and the parts of the old asset are void. The parts of a recording are planned while the recording grows. If
 * the recorder has changed a confirmed part, `sending` and `confirmed` are called again for that part, and the last
 * `confirmed` counts. `ended` is called when a recording has ended, before its final part is sent.
 */
export interface UploadSession {
  /** The state from which the upload continues. The default is a new upload. */
  readonly saved?: Saved | undefined
  readonly creating: (file: FileVersion) => Effect.Effect<void, StepNotRecorded>
  readonly notCreated: Effect.Effect<void, StepNotRecorded>
  readonly created: (asset: SavedAsset) => Effect.Effect<void, StepNotRecorded>
  readonly sending: (chunk: Chunk) => Effect.Effect<void, StepNotRecorded>
  readonly confirmed: (part: ConfirmedPart) => Effect.Effect<void, StepNotRecorded>
  /** Receives the final version of a recording and the number of its parts. Default: nothing. */
  readonly ended?: ((file: FileVersion, chunks: number) => Effect.Effect<void, StepNotRecorded>) | undefined
}

/**
 * Limits that several uploads share.
 *
 * **Details**
 *
 * `slot` runs an attempt to send a chunk as soon as a permit is available. The outcome of the attempt shows whether the
 * storage is overloaded. An attempt waits for its slot before its timeout starts. While the storage's gate is closed, chunks
 * wait at the gate without a slot, and the probe of the gate needs no slot.
 *
 * `pace` waits until some of `bytes` bytes may be sent, and returns how many: an integer from 1 to `bytes`. If `pace` is given,
 * chunks are read and sent in pieces of this length, at most 1 MiB, instead of from one buffer. The time that a chunk waits
 * for `pace` does not count toward its timeout.
 */
export interface SharedLimits {
  readonly slot?: <A, E extends Classified, R>(attempt: Effect.Effect<A, E, R>, bytes: number) => Effect.Effect<A, E, R>
  readonly pace?: ((bytes: number) => Effect.Effect<number>) | undefined
}
