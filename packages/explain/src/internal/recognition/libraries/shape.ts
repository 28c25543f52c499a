/**
 * The type of a table row that describes an exception from a library.
 */

/** The parts of a response that an exception preserves. */
export interface Kept {
  readonly status?: string | undefined
  readonly url?: string | undefined
  /** The response document, in the API's own format. */
  readonly body: unknown
}

export type Groups = ReadonlyArray<string | undefined>

export interface Shape {
  /** The name of the library, as shown to the reader. */
  readonly of: string
  readonly pattern: RegExp
  /** The address of the API, used if the text does not contain an address. */
  readonly url: string
  readonly kept: (groups: Groups, text: string) => Kept
}
