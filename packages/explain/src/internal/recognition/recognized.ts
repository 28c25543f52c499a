import type { Exchange, Response } from "@holdfast/diagnosis/Exchange"

/** An exchange found in a text. */
export interface Recognized {
  readonly exchange: Exchange
  /** The format, as the end of `Read as …`: `an AWS SDK for Go error`. */
  readonly as: string
}

/** A status that the text does not state: the usual one for such an error. */
export const assumed = (status: number | undefined): Pick<Response, "status" | "isStatusAssumed"> => ({
  status: status === undefined || status < 300 ? 400 : status,
  isStatusAssumed: true,
})

/** Reads one format from cleaned text. `undefined` if the text does not have this format. */
export type Reader = (text: string) => Recognized | undefined
