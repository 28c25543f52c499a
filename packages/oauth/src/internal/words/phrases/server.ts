import type { Name } from "../causes.ts"

/** Words and the cause that they name. */
export type Phrase = readonly [words: string, cause: Name]

/** The phrases of a server, in lower case, and where it has them. */
export interface Server {
  readonly source: string
  readonly endpoint?: ReadonlyArray<Phrase>
  readonly resource?: ReadonlyArray<Phrase>
}
