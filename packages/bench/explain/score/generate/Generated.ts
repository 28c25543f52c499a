/**
 * An exchange whose true cause is known, because it was put in.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"

/** One exchange with the truth about it. */
export interface Generated {
  readonly exchange: Exchange
  /** The codes of the defects that were put in, or `succeeded`. */
  readonly truth: ReadonlyArray<string>
  readonly defects: ReadonlyArray<string>
  readonly dialect: string
  /** What stands between the parts of the form on the wire, which an exchange does not keep. */
  readonly boundary?: string | undefined
}

/** A source of exchanges: the dialects of one system. */
export interface Source {
  readonly system: "s3" | "oauth" | "http"
  readonly dialects: ReadonlyArray<string>
  readonly defects: ReadonlyArray<string>
  /**
   * The exchange with this number. With `defects` of 0 nothing is wrong with it; else so many defects are tried. A filter
   * leaves one dialect, or one defect.
   */
  readonly make: (seed: number, options: Options) => Generated
  /**
   * Sends a repaired request of the exchange with this number: the state of the server and what is done on the way are as
   * before. `isSigned`: a signer, whose key and clock are right, has signed it, or got a token for it.
   */
  readonly again?: (seed: number, options: Options, request: Request, isSigned: boolean) => Exchange | undefined
}

/** What is asked of a source. */
export interface Options {
  readonly defects: 0 | 1 | 2
  readonly dialect?: string | undefined
  readonly defect?: string | undefined
}
