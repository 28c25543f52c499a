/**
 * Detects the capabilities of an output stream.
 */
import type * as Tty from "node:tty"

/** The capabilities of one output stream. */
export interface Capabilities {
  readonly isTerminal: boolean
  /**
   * Whether lines on the stream can be redrawn. Redrawing requires a terminal that reports its width, and is disabled if
   * `TERM=dumb` is set. Many serial terminals do not report their width.
   */
  readonly canRedraw: boolean
  readonly canColor: boolean
}

/** The environment variables that control color and redrawing. */
export interface Environment {
  readonly noColor: string
  readonly forceColor: string
  readonly term: string
}

/**
 * Detects the capabilities of a stream.
 *
 * **Details**
 *
 * Applies the rules of `effect/cli`'s `TerminalCapabilities` to either output stream; `TerminalCapabilities` itself checks
 * only standard output. A non-empty `NO_COLOR` disables color. Otherwise, `FORCE_COLOR` enables color unless its value is
 * empty, 0 or false. If neither variable applies, color is enabled only if the stream is a terminal. If `TERM=dumb` is set,
 * neither color nor redrawing is available.
 */
export const make = (
  environment: Environment,
  stream: Pick<Tty.WriteStream, "isTTY"> & { readonly columns?: number },
): Capabilities => {
  const isTerminal = stream.isTTY === true
  const dumb = environment.term === "dumb"
  const forced = environment.forceColor !== "" && environment.forceColor !== "0" && environment.forceColor !== "false"
  return {
    isTerminal,
    canRedraw: isTerminal && !dumb && stream.columns !== 0,
    canColor: !dumb && environment.noColor === "" && (forced || isTerminal),
  }
}
