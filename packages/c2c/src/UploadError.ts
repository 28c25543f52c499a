/**
 * Defines all errors with which an upload can fail.
 */
import type { TransportError } from "@holdfast/http/TransportError"
import type { PutError } from "@holdfast/s3/PresignedPut"
import type { PlanRefused } from "./AssetRequest.ts"
import type { AssetCreationUncertain } from "./C2cClient.ts"
import type { C2cError } from "./C2cError.ts"
import type { IntegrityMismatch } from "./IntegrityMismatch.ts"
import type { SourceError } from "./source/SourceFile.ts"
import type { EndedByQueue, StepNotRecorded } from "./UploadSession.ts"
import type { UploadUrlRefused } from "./UploadUrls.ts"

/** The union of all errors from the API, the storage, the network and the file. Each error carries its own verdict. */
export type UploadError =
  | C2cError
  | PutError
  | TransportError
  | SourceError
  | IntegrityMismatch
  | AssetCreationUncertain
  | PlanRefused
  | StepNotRecorded
  | EndedByQueue
  | UploadUrlRefused
