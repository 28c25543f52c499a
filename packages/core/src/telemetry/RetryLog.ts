/**
 * Logs one line for each retry, so that a program can show retries without using spans or metrics.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as LogLevel from "effect/LogLevel"
import { reader } from "../pipeline/InvalidPolicy.ts"
import { time } from "../time/units.ts"
import * as Observer from "./Observer.ts"

/** The options of the retry log. */
export interface Options {
  /** The log level. Default: `Warn`. */
  readonly level?: LogLevel.Severity | undefined
}

/**
 * Logs each retry before the wait begins. Only the tag of the error is logged, because error messages may contain secrets.
 *
 * **Details**
 *
 * ```text
 * retrying api in 1.2 s after RateLimited (attempt 2, asked by the server)
 * ```
 *
 * The annotations of each log entry are `pipeline`, `error`, `attempt`, `waitMs` and `decidedBy`. Throws an `InvalidPolicy`
 * if the log level is unknown.
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
      const asked = by === "server" ? ", requested by the server" : ""
      const name = pipeline === "" ? "the call" : pipeline
      return Effect.logWithLevel(level)(
        `retrying ${name} in ${time(waitMs)} after ${error._tag} (attempt ${number}${asked})`,
      ).pipe(Effect.annotateLogs({ pipeline, error: error._tag, attempt: number, waitMs, decidedBy: by }))
    },
  }
}

/**
 * Logs the retries of all pipelines in the program to which the layer is provided. An observer that is already provided
 * continues to receive events.
 *
 * **Example**
 *
 * ```ts
 * program.pipe(Effect.provide(RetryLog.layer()))
 * ```
 */
export const layer = (options?: Options): Layer.Layer<never> => Observer.layer(make(options))
