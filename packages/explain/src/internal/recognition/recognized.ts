import type { Exchange, Response } from "@holdfast/diagnosis/Exchange"

/** An exchange that was found in a text. */
export interface Recognized {
  readonly exchange: Exchange
  /** What it was read as, as `Read as … ends`: `the error of the AWS SDK for Go`. */
  readonly as: string
}

/** A status that the text does not state: the one that usually comes with such an error. */
export const assumed = (status: number | undefined): Pick<Response, "status" | "isStatusAssumed"> => ({
  status: status === undefined || status < 300 ? 400 : status,
  isStatusAssumed: true,
})

/** Finds one kind of paste in a text that has been cleaned. */
export type Reader = (text: string) => Recognized | undefined
