/**
 * How a table says what an exception of a library keeps of the answer.
 */

/** What an exception kept. */
export interface Kept {
  readonly status?: string | undefined
  readonly url?: string | undefined
  /** The answer's document, in the form in which the API sends it. */
  readonly body: unknown
}

export type Groups = ReadonlyArray<string | undefined>

export interface Shape {
  /** The library, as it is named to people. */
  readonly of: string
  readonly pattern: RegExp
  /** An address of the API, where the text has none. */
  readonly url: string
  readonly kept: (groups: Groups, text: string) => Kept
}
