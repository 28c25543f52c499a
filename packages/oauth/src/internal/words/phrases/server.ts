import type { Name } from "../causes.ts"

/** A phrase and its cause. */
export type Phrase = readonly [words: string, cause: Name]

/** The phrases of a server, in lower case, and their source. */
export interface Server {
  readonly source: string
  readonly endpoint?: ReadonlyArray<Phrase>
  readonly resource?: ReadonlyArray<Phrase>
}
