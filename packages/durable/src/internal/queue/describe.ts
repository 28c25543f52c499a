/**
 * Describes an error for the journal.
 */
import type { Describe } from "./types.ts"

/** The exit code for a program that does not choose exit codes. */
const exitCode = 1

/** States the tag and the message. The exit code is always 1. */
export const describe: Describe = ({ _tag: tag, message }) => ({ tag, message, exitCode })
