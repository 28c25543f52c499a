/**
 * The types that the runner of uploads and its activities share.
 */
import type { DeviceClients } from "../../cluster/DeviceClients.ts"
import type { DeviceError } from "../../cluster/DeviceError.ts"
import type { FileNotShared } from "../../cluster/FileNotShared.ts"
import type { Journal } from "../../Journal.ts"
import type { Files } from "@holdfast/c2c/SourceFile"
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import type { SavedError, UploadRecord } from "../../UploadRecord.ts"
import type { DrainOptions, FailedUpload, QueueEvent } from "../queue/types.ts"
import type { Lanes } from "./lanes.ts"
import type { Suspension } from "./suspension.ts"
import type * as Effect from "effect/Effect"

/** An error for which a worker refuses an upload before it begins. */
export type Refusal = DeviceError | FileNotShared

/** Something that happened to an upload on this runner. */
export type RunnerEvent =
  | Exclude<QueueEvent, { readonly _tag: "Paused" | "Unpaused" }>
  /** The upload was refused before it began. `record.state` is `failed`. */
  | { readonly _tag: "Refused"; readonly record: UploadRecord; readonly error: Refusal }

/** Describes an error for the journal, including the program's exit code for this error. */
export type Describe = (error: FailedUpload | Refusal) => SavedError

/** What all uploads of a runner share. */
export interface Runner {
  readonly journal: Journal["Service"]
  readonly clients: DeviceClients["Service"]
  /** Opens the files on this machine, and the objects that it can read. */
  readonly files: Files
  readonly describe: Describe
  readonly emit: (event: RunnerEvent) => Effect.Effect<void>
  readonly lanes: Lanes
  /** The limits of an upload. The first part of an upload that is `urgent` comes before the waiting parts of others. */
  readonly limits: (id: string, urgent: boolean) => SharedLimits
  /** The number of parts of one file that may be in flight. */
  readonly parallel: number
  readonly options: Pick<DrainOptions, "onRewrite" | "onUnverified" | "verifySource">
  /** The name of this machine, for messages. */
  readonly host: string
  /** Waits while the runner begins no uploads, because it is about to end. */
  readonly admitted: Effect.Effect<void>
  /** The uploads whose asset may be about to be created. */
  readonly creating: Set<string>
  readonly suspension: Suspension
}

/** One run of an upload. */
export interface Run {
  readonly upload: string
  readonly device: string
  readonly run: number
  /**
   * Whether this activity is the last one that the engine began for the upload in this process, and the runner has the shard of
   * the workflow, as far as it knows.
   */
  readonly isMine: () => boolean
}
