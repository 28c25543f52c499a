/**
 * Reports a bug in the command itself. The report is one line that explains how to report the bug to the developers.
 */
import { version } from "./Version.ts"

/** Formats the line that reports an unexpected error. */
export const line = (thrown: unknown): string => {
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return (
    `this is a bug in holdfast ${version}: ${what.replace(/\s+/g, " ")}; please report this line with the command you ran ` +
    `(HOLDFAST_DEBUG=1 adds the details)`
  )
}
