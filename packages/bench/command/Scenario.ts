/**
 * A scenario: what a person or a machine does with the command, and the expected results.
 */
import type { Route } from "./front.ts"
import type { Ended } from "./process.ts"
import type { Stage } from "./stage.ts"

/** A figure, or its minimum and maximum. */
export type Figure = number | readonly [least: number, greatest: number]

/** The outcome of a file in the summary. */
export type Outcome = "uploaded" | "unverified" | "skipped" | "failed" | "interrupted"

/** The expected results. Absent ones are not checked. */
export interface Expected {
  /** For each process in order of start: an exit code, a signal, or one of several. */
  readonly exit: ReadonlyArray<number | string | ReadonlyArray<number | string>>
  /** The number of assets that the server has created. */
  readonly assets: Figure
  /** The number of assets whose bytes are exactly those of a local file. */
  readonly stored: Figure
  /** The number of bytes sent for chunks. */
  readonly sent?: Figure
  /** The outcomes of the files in the summaries, in order. */
  readonly outcomes?: ReadonlyArray<Outcome>
  /** Patterns that standard error must match, across lines. */
  readonly says?: ReadonlyArray<RegExp>
  readonly saysNot?: ReadonlyArray<RegExp>
  /** The number of requests for each route. */
  readonly calls?: Partial<Readonly<Record<Route, Figure>>>
  /** The time limit of each process, in milliseconds. */
  readonly within?: number
}

export interface Scenario {
  /** A sentence without its final period. */
  readonly name: string
  /** Whether the short form includes it. */
  readonly short?: boolean
  /** Whether the front uses TLS with its own host names. */
  readonly secure?: boolean
  /** Why it cannot run on this machine. */
  readonly skip?: () => string | undefined
  readonly play: (stage: Stage) => Promise<ReadonlyArray<Ended>>
  readonly expected: Expected
}
