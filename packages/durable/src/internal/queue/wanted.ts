/**
 * Carries out a user's request for an upload, which may come from another process.
 */
import type { Change } from "../../Journal.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"

/**
 * Errors after which the asset is of no use: the file has other content than the confirmed parts, or the asset's URLs do not
 * fit the file. A retry begins with a new asset.
 */
const needsNewAsset: ReadonlySet<string> = new Set([
  "FileChanged",
  "PlanRefused",
  "RecordingRewritten",
  "SizeUnreliable",
  "UploadUrlRefused",
])

/**
 * Returns the change that carries out a user's request, or `undefined` if there is nothing to do. The upload must not be
 * running.
 *
 * **Details**
 *
 * An upload whose creation is uncertain is retried only with `retry-create-again`. Otherwise it stays uncertain.
 */
export const changeOf = ({ createAgain, error, id, state, wanted }: UploadRecord): Change | undefined => {
  if (wanted === undefined || state === "done") return undefined
  if (wanted === "cancel") return state === "canceled" ? undefined : { _tag: "Canceled", id }
  const again = wanted === "retry-create-again"
  if (state === "uncertain" && !again) return error && { _tag: "Uncertain", id, error }
  if (open.has(state) && createAgain === (createAgain || again)) return undefined
  const fresh = state === "canceled" || (error !== undefined && needsNewAsset.has(error.tag))
  return { _tag: "Requeued", id, fresh, createAgain: createAgain || again }
}
