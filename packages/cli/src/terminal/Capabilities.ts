/**
 * Detects the capabilities of an output stream.
 */
import type * as Tty from "node:tty"

/** The capabilities of one stream. */
export interface Capabilities {
  readonly isTerminal: boolean
  /**
   * Whether lines can be redrawn. This needs a terminal that is not `TERM=dumb` and reports its width, which many
   * serial terminals do not.
   */
  readonly canRedraw: boolean
  readonly canColor: boolean
}

/** The variables that control color and redrawing. */
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
 * Applies the rules of `effect/cli`'s `TerminalCapabilities` to either stream; the original checks only standard
 * output. A non-empty `NO_COLOR` takes precedence, then `FORCE_COLOR` (except 0 and false), then whether the stream is
 * a terminal. `TERM=dumb` has neither capability.
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
