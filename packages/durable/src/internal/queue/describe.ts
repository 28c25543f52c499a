/**
 * Describes an error for the journal.
 */
import type { SavedError } from "../../UploadRecord.ts"

/** The exit code for a program that does not choose exit codes. */
const exitCode = 1

/** States the tag and the message. The exit code is always 1. */
export const describe = (error: { readonly _tag: string; readonly message: string }): SavedError => ({
  tag: error._tag,
  message: error.message,
  exitCode,
})
