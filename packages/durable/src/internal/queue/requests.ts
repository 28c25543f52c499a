/**
 * The uploads for which this process waits. A drain in this process uploads them with the options of their requests.
 */
import type { UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import type * as Deferred from "effect/Deferred"
import type { FailedUpload } from "./types.ts"

/** A request whose caller waits for the upload. */
export interface Waiting {
  readonly request: UploadRequest
  /** Receives the end of the upload. It is interrupted if a person cancels the upload. */
  readonly ended: Deferred.Deferred<UploadReceipt, FailedUpload>
}

/** The requests by the id of their upload. */
export type Requests = Map<string, Waiting>
