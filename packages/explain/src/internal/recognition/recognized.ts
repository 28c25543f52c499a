import type { Exchange, Response } from "@holdfast/diagnosis/Exchange"

/** An exchange that was found in text. */
export interface Recognized {
  readonly exchange: Exchange
  /** The name of the format, which completes the phrase `Read as …`, for example `an AWS SDK for Go error`. */
  readonly as: string
}

/** Returns the usual status for an error whose text does not state a status. */
export const assumed = (status: number | undefined): Pick<Response, "status" | "isStatusAssumed"> => ({
  status: status === undefined || status < 300 ? 400 : status,
  isStatusAssumed: true,
})

/** Reads cleaned text in one format. Returns `undefined` if the text does not have the reader's format. */
export type Reader = (text: string) => Recognized | undefined
