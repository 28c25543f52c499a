/**
 * The timeout option and the default timeouts for a single attempt, with the reason for each default.
 */
import type * as Duration from "effect/Duration"
import { required, type Table } from "../defaults.ts"
import * as Timeouts from "./Timeouts.ts"

/** A constant from `Timeouts`. */
export interface Timeout {
  readonly name: string
  readonly time: Duration.Duration
  readonly meaning: string
}

export const timeouts: ReadonlyArray<Timeout> = [
  { name: "Timeouts.request", time: Timeouts.request, meaning: "any request not listed below" },
  { name: "Timeouts.probe", time: Timeouts.probe, meaning: "the health probe" },
  {
    name: "Timeouts.refresh",
    time: Timeouts.refresh,
    meaning: "a token refresh: giving up too early can make a new pairing necessary",
  },
  { name: "Timeouts.chunk", time: Timeouts.chunk, meaning: "one chunk of a file, about 20 MB" },
]

export const table: Table = {
  least: { timeout: "15 seconds" },
  options: [{ path: "timeout", unit: "duration", meaning: "the time limit of one attempt", source: required }],
}
