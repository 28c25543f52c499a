/**
 * Prints what happens on a worker: events as JSON, or a line for each upload that has ended.
 */
import type { UploadRunner } from "@holdfast/durable/cluster"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { SavedError, UploadRecord } from "@holdfast/durable/UploadRecord"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Remedy from "../network/Remedy.ts"
import * as QueueView from "../queue/View.ts"
import type { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as UploadEvents from "../upload/UploadEvents.ts"

export interface Reports {
  /** Prints an event of the worker itself with `--json`, and otherwise a message. */
  readonly say: (type: string, fields: object, message: string) => Effect.Effect<void>
  /** Prints an event of an upload. */
  readonly upload: (event: UploadRunner.RunnerEvent) => Effect.Effect<void>
}

/** Returns the reports of a worker. */
export const make = (
  output: Output["Service"],
  { api, json }: { readonly api: string; readonly json: boolean },
): Effect.Effect<Reports> =>
  Effect.map(Monotonic.millis, (startedAt) => {
    const style = Style.make(output.stdout.canColor)
    const emit = (event: object) =>
      Effect.flatMap(Effect.all([Monotonic.millis, Clock.currentTimeMillis]), ([now, date]) => {
        const time = DateTime.formatIso(DateTime.makeUnsafe(date))
        return output.json({ at: Math.floor(now - startedAt), time, ...event })
      })
    const columns = output.stdout.isTerminal ? output.columns("stdout") : undefined
    const ended = (outcome: "canceled" | "failed" | "uploaded", record: UploadRecord, error?: SavedError) => {
      if (!json) return output.table(QueueView.ended(record, outcome, error?.message, columns, style))
      const { id, path } = record
      return emit({ type: "file", id, path, outcome, ...(error === undefined ? {} : { error }) })
    }
    return {
      say: (type, fields, message) => (json ? emit({ type, ...fields }) : output.message(message)),
      upload: (event) => {
        switch (event._tag) {
          case "Upload":
            return json ? emit({ id: event.id, ...UploadEvents.of(event.path, event.event) }) : Effect.void
          case "Done":
            return ended("uploaded", event.record)
          case "Failed":
            return ended("failed", event.record, Remedy.saved(api)(event.error))
          case "Refused":
            return ended("failed", event.record, Remedy.refusal(event.error))
          case "Canceled":
            return ended("canceled", event.record)
          default:
            return Effect.void
        }
      },
    }
  })
