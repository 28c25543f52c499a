/**
 * Finds the uploads that stop the process.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { StoppedTheProgram } from "../../QueueError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"

/** The number of stops without progress after which an upload is not begun again. */
export const maximumStops = 10

/** Returns the error for an upload during which the process has stopped too often, or `undefined`. */
export const check = ({ crashes, path }: UploadRecord): StoppedTheProgram | undefined =>
  crashes < maximumStops
    ? undefined
    : new StoppedTheProgram({ verdict: Verdict.never({ change: "human" }), path, stops: crashes })
