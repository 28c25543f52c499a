/**
 * Determines how an upload of the queue ended, for a caller that waits for it.
 */
import { AssetCreationUncertain } from "@holdfast/c2c/AssetCreationUncertain"
import type { UploadError } from "@holdfast/c2c/UploadError"
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import { EndedByQueue, StepNotRecorded } from "@holdfast/c2c/UploadSession"
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Path from "node:path"
import type { Journal } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"
import type { FailedUpload } from "./types.ts"

const human = Verdict.never({ change: "human" })

const nameOf = ({ name, path }: Pick<UploadRecord, "name" | "path">): string => name ?? Path.basename(path)

/** Builds the error of an upload whose process stopped before the response to a creation request was recorded. */
export const lost = (record: Pick<UploadRecord, "name" | "path">): AssetCreationUncertain =>
  new AssetCreationUncertain({
    asset: nameOf(record),
    cause: new Error("the program stopped before the response was recorded"),
    verdict: human,
  })

/** Builds the error of an upload that the user canceled. */
export const canceled = ({ path }: Pick<UploadRecord, "path">): EndedByQueue =>
  new EndedByQueue({ verdict: human, path, reason: "the upload was canceled", action: "retry the upload" })

const removed = (path: string): EndedByQueue =>
  new EndedByQueue({
    verdict: human,
    path,
    reason: "the upload was removed from the queue",
    action: "add the file again",
  })

const elsewhere = ({ error, path }: UploadRecord): EndedByQueue => {
  const reason = `another process could not upload the file: ${error?.message ?? "unknown reason"}`
  return new EndedByQueue({ verdict: human, path, reason, action: "resolve the cause, then retry the upload" })
}

/**
 * Returns how an upload ended, according to the journal, or `undefined` if it has not ended. `path` names an upload that was
 * removed.
 */
export const read = (
  journal: Pick<Journal["Service"], "get" | "parts">,
  id: string,
  path: string,
): Effect.Effect<Exit.Exit<UploadReceipt, UploadError> | undefined, JournalError> =>
  Effect.gen(function* () {
    const record = yield* journal.get(id)
    if (record === undefined) return Exit.fail(removed(path))
    switch (record.state) {
      case "done":
        return Exit.succeed(yield* receiptOf(journal, record))
      case "canceled":
        return record.wanted === undefined ? Exit.fail(canceled(record)) : undefined
      case "uncertain":
        return record.wanted === undefined ? Exit.fail(lost(record)) : undefined
      case "failed":
        return record.wanted === undefined ? Exit.fail(elsewhere(record)) : undefined
      default:
        return undefined
    }
  })

/** Builds the receipt of an upload that is done from the records of its parts. */
export const receiptOf = (journal: Pick<Journal["Service"], "parts">, record: UploadRecord) =>
  Effect.map(journal.parts(record.id), (parts): UploadReceipt => {
    const { assetId = "", chunks = parts.length, file, path, resentBytes, resumed } = record
    const proofs = parts.map((part) => (part.state === "confirmed" ? part.proof : "none"))
    const verified = proofs.every((proof) => proof === "md5")
    const unproven = proofs.filter((proof) => proof === "none").length
    return { path, assetId, name: nameOf(record), bytes: file.bytes, chunks, verified, unproven, resumed, resentBytes }
  })

/** Converts an error of the queue to an error of the uploader. A bug stays a defect. */
export const toUploadError = (error: FailedUpload): Effect.Effect<never, UploadError> => {
  switch (error._tag) {
    case "UploadDefect":
      return Effect.die(error.cause)
    case "StoppedTheProgram": {
      const { message, path, stops, verdict } = error
      const reason = message.replace(`${path}: `, "")
      const action = `find out why the program stopped ${stops} times, then retry the upload`
      return Effect.fail(new EndedByQueue({ verdict, path, reason, action }))
    }
    case "RecordingRewritten": {
      const { action, message, path, verdict } = error
      return Effect.fail(new EndedByQueue({ verdict, path, reason: message.replace(`${path}: `, ""), action }))
    }
    case "JournalFenced":
    case "JournalMisplaced":
    case "JournalOwned":
    case "JournalTooNew":
    case "JournalUnreadable":
    case "JournalUnusable":
    case "JournalUnwritable": {
      const { action, message, verdict } = error
      return Effect.fail(new StepNotRecorded({ verdict, step: "creating", reason: message, action, cause: error }))
    }
    default:
      return Effect.fail(error)
  }
}
