/**
 * Collects the failed exchanges of a run, redacts each exchange when it is recorded, and finds the exchange that caused an
 * error.
 */
import * as Explain from "@holdfast/explain/Explain"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type { Recorder } from "@holdfast/http/Recorder"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** The failed exchanges of a run. */
export interface Failures {
  readonly recorder: Context.Service.Shape<typeof Recorder>
  /** Returns the newest exchange that may have caused the error, or `undefined` if no exchange caused the error. */
  readonly of: (error: unknown) => Exchange | undefined
  /** The newest of all. */
  readonly last: () => Exchange | undefined
  /** Creates a collection for one file, whose exchanges are also recorded in this collection. */
  readonly branch: () => Failures
}

/**
 * The maximum number of exchanges to keep, which equals the maximum number of concurrent chunks. After the failure of the
 * chunk that ended the file's upload, all other chunks may fail too.
 */
const most = 64

/** Creates an empty collection of failed exchanges. */
export const make = (): Failures => within(() => {})

/** Creates a collection that passes each exchange to the collection of the whole run. */
const within = (above: (exchange: Exchange) => void): Failures => {
  let kept: ReadonlyArray<Exchange> = []
  const keep = (exchange: Exchange): void => {
    kept = [...kept, exchange].slice(-most)
    above(exchange)
  }
  return {
    recorder: { record: (exchange) => Effect.sync(() => keep(Explain.redact(Redacted.value(exchange)))) },
    of: (error) => kept.findLast(leadsTo(error)),
    last: () => kept.at(-1),
    branch: () => within(keep),
  }
}

const member = (u: unknown, name: string): unknown =>
  typeof u === "object" && u !== null && name in u ? (u as Readonly<Record<string, unknown>>)[name] : undefined

/** A vendor error contains the status of the response. A transport error records how far the request progressed. */
const leadsTo = (error: unknown): ((exchange: Exchange) => boolean) => {
  if (member(error, "_tag") === "AssetCreationUncertain") return leadsTo(member(error, "cause"))
  const status = member(error, "status")
  if (typeof status === "number") return ({ response }) => response?.status === status
  return member(error, "reached") === undefined ? () => false : ({ failure }) => failure !== undefined
}
