/**
 * A public function that reads text which others wrote, and the inputs that it is tried with.
 */
import type { Grammar } from "./grammar.ts"

/** A reader. */
export interface Reader {
  /** The package, the module and the export: `http/HttpCapture.parse`. */
  readonly name: string
  /** Reads a text; may return anything, and throws only where it is wrong. */
  readonly read: (text: string) => unknown
  readonly grammar: Grammar
  /** What is put around a long run, so that it stands where the reader looks; `["", ""]` is always tried. */
  readonly frames?: ReadonlyArray<readonly [before: string, after: string]>
  /** Runs that hurt this reader in particular, beside those that every reader meets. */
  readonly units?: ReadonlyArray<string>
  /** Why the reader may take longer than 50 ms for 64 KiB. */
  readonly slow?: string
}
