/**
 * Logs retries: one line for each, for programs that want to see them without spans or metrics.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as LogLevel from "effect/LogLevel"
import { reader } from "../pipeline/InvalidPolicy.ts"
import { time } from "../time/units.ts"
import * as Observer from "./Observer.ts"

/** How retries are logged. */
export interface Options {
  /** The level of a retry. Default: `Warn`. */
  readonly level?: LogLevel.Severity | undefined
}

/**
 * Logs each retry before its wait, with the tag of the error and nothing else of it: messages may hold secrets.
 *
 * **Details**
 *
 * ```text
 * retrying api in 1.2 s after RateLimited (attempt 2, asked by the server)
 * ```
 *
 * The annotations are `pipeline`, `error`, `attempt`, `waitMs` and `decidedBy`. Throws an `InvalidPolicy` for an unknown level.
 */
export const make = (options: Options = {}): Observer.Watch => {
  const read = reader("RetryLog")
  read.known(options, { level: true })
  const { level = "Warn" } = options
  read.oneOf("level", level, ["Fatal", "Error", "Warn", "Info", "Debug", "Trace"])
  return {
    event: (event, { number, pipeline }) => {
      if (event._tag !== "RetryScheduled") return undefined
      const { by, error, waitMs } = event
      const asked = by === "server" ? ", asked by the server" : ""
      const name = pipeline === "" ? "the call" : pipeline
      return Effect.logWithLevel(level)(
        `retrying ${name} in ${time(waitMs)} after ${error._tag} (attempt ${number}${asked})`,
      ).pipe(Effect.annotateLogs({ pipeline, error: error._tag, attempt: number, waitMs, decidedBy: by }))
    },
  }
}

/**
 * Logs the retries of every pipeline below; an observer that is there already keeps watching.
 *
 * **Example**
 *
 * ```ts
 * program.pipe(Effect.provide(RetryLog.layer()))
 * ```
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))
