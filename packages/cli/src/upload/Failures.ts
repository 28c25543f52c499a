/**
 * The exchanges that failed during a run, and which of them ended it: what `Recorder` hands over, redacted at once.
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
  /** The newest exchange that can have led to an error; `undefined` for an error that no exchange led to. */
  readonly of: (error: unknown) => Exchange | undefined
  /** The newest of all. */
  readonly last: () => Exchange | undefined
  /** Forgets: what failed and was repeated for one file is not the next one's. */
  readonly clear: () => void
}

/** As many as chunks may be on their way at once: each may have failed after the one that ended the file. */
const most = 64

/** Starts with none. */
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

/** Errors of the vendors have the status of the answer, those of the transport know how far the request came. */
const leadsTo = (error: unknown): ((exchange: Exchange) => boolean) => {
  if (member(error, "_tag") === "AssetCreationUncertain") return leadsTo(member(error, "cause"))
  const status = member(error, "status")
  if (typeof status === "number") return ({ response }) => response?.status === status
  return member(error, "reached") === undefined ? () => false : ({ failure }) => failure !== undefined
}
