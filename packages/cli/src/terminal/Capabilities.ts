/**
 * What a stream can show.
 */
import type * as Tty from "node:tty"

/** What one stream can show. */
export interface Capabilities {
  readonly isTerminal: boolean
  /** Whether lines can be redrawn: a terminal that is not `TERM=dumb` and knows its width, as many serial ones do not. */
  readonly canRedraw: boolean
  readonly canColor: boolean
}

/** The variables that decide about colour and redrawing. */
export interface Environment {
  readonly noColor: string
  readonly forceColor: string
  readonly term: string
}

/**
 * What a stream can show.
 *
 * **Details**
 *
 * The rules of `effect/cli`'s `TerminalCapabilities`, which looks at standard output only, for either stream: any
 * `NO_COLOR` wins, then `FORCE_COLOR` (but 0 and false), then whether it is a terminal; `TERM=dumb` shows neither.
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
