/**
 * Reports a bug in the command itself: one line that says how to report it.
 */
import { version } from "./Version.ts"

/** Formats the line about an unexpected error. */
export const line = (thrown: unknown): string => {
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  return (
    `this is a bug in holdfast ${version}: ${what.replace(/\s+/g, " ")}; please report this line with the command you ran ` +
    `(HOLDFAST_DEBUG=1 adds the details)`
  )
}
