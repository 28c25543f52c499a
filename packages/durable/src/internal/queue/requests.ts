/**
 * The uploads for which callers in this process wait. A drain in this process uploads them with the options of their requests.
 */
import type { UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import type * as Deferred from "effect/Deferred"
import type { FailedUpload } from "./types.ts"

/** The callers that wait for one upload. */
export interface Waiting {
  /** The request of the first caller. */
  readonly request: UploadRequest
  readonly ended: Deferred.Deferred<UploadReceipt, FailedUpload>
  /** The number of callers. */
  callers: number
}

/** The callers by the id of their upload. */
export type Requests = Map<string, Waiting>
