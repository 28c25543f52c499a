/**
 * A public function that reads external text, and the inputs with which it is tested.
 */
import type { Grammar } from "./grammar.ts"

/** A reader. */
export interface Reader {
  /** The package, the module and the export: `http/HttpCapture.parse`. */
  readonly name: string
  /** Reads a text. It may return anything; throwing is a fault. */
  readonly read: (text: string) => unknown
  readonly grammar: Grammar
  /** Texts around a long run, so that it is in a place that the reader examines. `["", ""]` is always tried. */
  readonly frames?: ReadonlyArray<readonly [before: string, after: string]>
  /** Runs that are slow for this reader in particular, in addition to the common ones. */
  readonly units?: ReadonlyArray<string>
  /** Why the reader may take longer than 50 ms for 64 KiB. */
  readonly slow?: string
}
