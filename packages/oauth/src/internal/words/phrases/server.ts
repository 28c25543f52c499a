import type { Name } from "../causes.ts"

/** A phrase and the cause that the phrase identifies. */
export type Phrase = readonly [words: string, cause: Name]

/** The phrases that a server uses, in lower case, and the source of these phrases. */
export interface Server {
  readonly source: string
  readonly endpoint?: ReadonlyArray<Phrase>
  readonly resource?: ReadonlyArray<Phrase>
}
