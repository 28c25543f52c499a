/**
 * Loads `node:sqlite` on first use, without its warning.
 */
import type * as Sqlite from "node:sqlite"

/**
 * The module, or `undefined` if this Node has none.
 *
 * **Details**
 *
 * Node 22 emits an ExperimentalWarning while it loads the module, which would be printed on the terminal. Loading is synchronous,
 * so no other warning is dropped.
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
