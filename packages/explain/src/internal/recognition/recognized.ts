import type { Exchange, Response } from "@holdfast/diagnosis/Exchange"

/** An exchange that was found in text. */
export interface Recognized {
  readonly exchange: Exchange
  /** The name of the format, which completes the phrase `Read as …`, for example `an AWS SDK for Go error`. */
  readonly as: string
}

/** Returns a status that the text does not state but that is usual for the error. */
export const assumed = (status: number | undefined): Pick<Response, "status" | "isStatusAssumed"> => ({
  status: status === undefined || status < 300 ? 400 : status,
  isStatusAssumed: true,
})

/** Reads cleaned text in one format. Returns `undefined` if the text does not have this format. */
export type Reader = (text: string) => Recognized | undefined
