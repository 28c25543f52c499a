/**
 * Loads `node:sqlite` on first use and suppresses its warning.
 */
import type * as Sqlite from "node:sqlite"

/**
 * Returns the module, or `undefined` if this build of Node does not include the module.
 *
 * **Details**
 *
 * Node 22 emits an ExperimentalWarning while it loads the module. Without suppression, the warning would appear in the
 * terminal. Loading is synchronous, so other warnings are not suppressed.
 */
export const load = (): typeof Sqlite | undefined => {
  const emit = process.emitWarning
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule?.("node:sqlite")
  } catch {
    return undefined
  } finally {
    process.emitWarning = emit
  }
}
