/**
 * Collects the exchanges that failed during a run, redacted on arrival, and finds the one that ended it.
 */
import * as Explain from "@holdfast/explain/Explain"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type { Recorder } from "@holdfast/http/Recorder"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** The failures of a run. */
export interface Failures {
  readonly recorder: Context.Service.Shape<typeof Recorder>
  /** The newest exchange that can have caused an error; `undefined` if no exchange caused it. */
  readonly of: (error: unknown) => Exchange | undefined
  /** The newest of all. */
  readonly last: () => Exchange | undefined
  /** Forgets the failures of one file before the next file starts. */
  readonly clear: () => void
}

/**
 * The number of exchanges to keep: the maximum number of concurrent chunks, because each of them may fail after the one
 * that ended the file.
 */
const most = 64

/** Creates an empty collection. */
export const make = (): Failures => {
  let kept: ReadonlyArray<Exchange> = []
  return {
    recorder: {
      record: (exchange) =>
        Effect.sync(() => {
          kept = [...kept, Explain.redact(Redacted.value(exchange))].slice(-most)
        }),
    },
    of: (error) => kept.findLast(leadsTo(error)),
    last: () => kept.at(-1),
    clear: () => {
      kept = []
    },
  }
}

const member = (u: unknown, name: string): unknown =>
  typeof u === "object" && u !== null && name in u ? (u as Readonly<Record<string, unknown>>)[name] : undefined

/** A vendor error has the status of its response. A transport error records how far the request got. */
const leadsTo = (error: unknown): ((exchange: Exchange) => boolean) => {
  if (member(error, "_tag") === "AssetCreationUncertain") return leadsTo(member(error, "cause"))
  const status = member(error, "status")
  if (typeof status === "number") return ({ response }) => response?.status === status
  return member(error, "reached") === undefined ? () => false : ({ failure }) => failure !== undefined
}
