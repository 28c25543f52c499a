/**
 * A scenario: what a person or a machine does with the command, and what is right then.
 */
import type { Route } from "./front.ts"
import type { Ended } from "./process.ts"
import type { Stage } from "./stage.ts"

/** A figure, or its least and greatest value. */
export type Figure = number | readonly [least: number, greatest: number]

/** What becomes of a file, as the summary states it. */
export type Outcome = "uploaded" | "unverified" | "skipped" | "failed" | "interrupted"

/** What is right. What is absent is not judged. */
export interface Expected {
  /** Of each process, in the order of their start: an exit code, a signal, or one of several. */
  readonly exit: ReadonlyArray<number | string | ReadonlyArray<number | string>>
  /** The assets that the server has created. */
  readonly assets: Figure
  /** The assets whose bytes are those of a file here, all of them. */
  readonly stored: Figure
  /** The bytes that were sent for chunks. */
  readonly sent?: Figure
  /** Of each file in the summaries, in their order. */
  readonly outcomes?: ReadonlyArray<Outcome>
  /** What standard error says, in one line or over several. */
  readonly says?: ReadonlyArray<RegExp>
  readonly saysNot?: ReadonlyArray<RegExp>
  /** The requests of a route. */
  readonly calls?: Partial<Readonly<Record<Route, Figure>>>
  /** Milliseconds that each process may take. */
  readonly within?: number
}

export interface Scenario {
  /** A sentence without its end. */
  readonly name: string
  /** Part of the short form. */
  readonly short?: boolean
  /** Whether the front speaks TLS under names of its own. */
  readonly secure?: boolean
  /** Why it cannot be played on this machine. */
  readonly skip?: () => string | undefined
  readonly play: (stage: Stage) => Promise<ReadonlyArray<Ended>>
  readonly expected: Expected
}
