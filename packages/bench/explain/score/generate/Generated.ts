/**
 * A generated exchange with a known cause.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"

/** One exchange with its true causes. */
export interface Generated {
  readonly exchange: Exchange
  /** The codes of the inserted defects, or `succeeded`. */
  readonly truth: ReadonlyArray<string>
  readonly defects: ReadonlyArray<string>
  readonly dialect: string
  /** The boundary between the parts of the form on the wire, which an exchange does not contain. */
  readonly boundary?: string | undefined
}

/** A generator of exchanges for the dialects of one system. */
export interface Source {
  readonly system: "s3" | "oauth" | "http"
  readonly dialects: ReadonlyArray<string>
  readonly defects: ReadonlyArray<string>
  /**
   * Generates the exchange with this number. With 0 `defects` it is valid; otherwise up to that many defects are inserted. A
   * filter selects one dialect or one defect.
   */
  readonly make: (seed: number, options: Options) => Generated
  /**
   * Sends a repaired request of the exchange with this number, with the same server state and intermediaries. `isSigned` means
   * that a signer with the right key and clock has signed it or got a token for it.
   */
  readonly again?: (seed: number, options: Options, request: Request, isSigned: boolean) => Exchange | undefined
}

/** The options of a generator. */
export interface Options {
  readonly defects: 0 | 1 | 2
  readonly dialect?: string | undefined
  readonly defect?: string | undefined
}
