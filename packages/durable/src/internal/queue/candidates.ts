/**
 * The uploads that wait for their start: complete files and recordings.
 */
import type { UploadRecord } from "../../UploadRecord.ts"
import * as RecordingLanes from "../recording/lanes.ts"
import * as Lanes from "./lanes.ts"
import type { Limits } from "./proof.ts"

/** An upload that waits for its start. */
export interface Candidate extends UploadRecord, Lanes.Job {
  readonly hasAsset: boolean
  readonly isRecording: boolean
}

/** What is known about an upload that runs. */
export type Started = Pick<Candidate, "bytes" | "crashes" | "hasAsset" | "isRecording">

/** Creates an empty set of uploads. */
export const make = () => {
  const complete = new Map<string, Candidate>()
  /** The recordings that run beside the lanes of complete files. */
  const recordings = new Map<string, Candidate>()
  return {
    add: (record: UploadRecord): void => {
      const { assetId, file, id, quietMillis } = record
      const upload = {
        ...record,
        bytes: file.bytes,
        hasAsset: assetId !== undefined,
        isRecording: quietMillis !== undefined,
      }
      const group = RecordingLanes.isApart(upload) ? recordings : complete
      group.set(id, upload)
    },
    delete: (id: string): void => {
      complete.delete(id)
      recordings.delete(id)
    },
    clear: (): void => {
      complete.clear()
      recordings.clear()
    },
    isEmpty: (): boolean => complete.size === 0 && recordings.size === 0,
    /** Whether a complete file waits. */
    hasComplete: (): boolean => complete.size > 0,
    /** Returns the recordings that may start now. */
    nextRecordings: (running: ReadonlyArray<Started>): ReadonlyArray<Candidate> =>
      RecordingLanes.next(recordings.values(), running),
    /** Returns the other uploads that may start now. `running` contains no recordings that run apart. */
    next: (
      running: ReadonlyArray<Started>,
      { ahead, files }: Limits,
      isDevicePaused: boolean,
    ): ReadonlyArray<Candidate> =>
      isDevicePaused
        ? Lanes.nextDuringPause(complete.values(), running, files)
        : Lanes.next(complete.values(), running, files, ahead),
  }
}

/** Leaves out the recordings that run apart. */
export const inLanes = <U extends Started>(running: Iterable<U>): ReadonlyArray<U> =>
  [...running].filter((upload) => !RecordingLanes.isApart(upload))
