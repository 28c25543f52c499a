/**
 * The row shape for libraries' exceptions.
 */

/** The parts of a response that an exception keeps. */
export interface Kept {
  readonly status?: string | undefined
  readonly url?: string | undefined
  /** The response document, in the API's own format. */
  readonly body: unknown
}

export type Groups = ReadonlyArray<string | undefined>

export interface Shape {
  /** The library, as a reader would name it. */
  readonly of: string
  readonly pattern: RegExp
  /** An address of the API, for texts without one. */
  readonly url: string
  readonly kept: (groups: Groups, text: string) => Kept
}
