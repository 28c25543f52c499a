/**
 * Passes every failed exchange to a recorder, which can save it to a file or diagnose it.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as Sent from "./internal/request/sent.ts"

/**
 * Receives the failed exchanges one at a time, including those of attempts that are retried. By default, exchanges are not
 * recorded.
 *
 * **Details**
 *
 * The exchange is raw: it contains the authorization and every field exactly as they were sent. The exchange leaves memory
 * only through the recorder, which must redact it first (`Redaction.make`). The exchange is wrapped so that logs do not show
 * its contents.
 *
 * **Gotchas**
 *
 * The recorder runs inside the call, so keep it fast. The recorder cannot change the result of the call.
 */
export const Recorder = Context.Reference<{
  readonly record: (exchange: Redacted.Redacted<Exchange>) => Effect.Effect<void>
}>("@holdfast/http/Recorder", { defaultValue: () => ({ record: () => Effect.void }) })

/** The data that a client has about a failed exchange. */
export interface Failed {
  readonly request: HttpClientRequest.HttpClientRequest
  /** The part of the response that was read; `undefined` if there is no response. */
  readonly answer?:
    | { readonly status: number; readonly headers: HttpAnswer["headers"]; readonly body?: string }
    | undefined
  /** The number of the attempt, counted from 1. */
  readonly attempt?: number | undefined
  /** The reason why there is no complete response. */
  readonly failure?: string | undefined
}

/** Passes an exchange to the recorder. */
export const record = (failed: Failed): Effect.Effect<void> => Effect.suspend(() => hand(exchangeOf(failed)))

/**
 * Passes an exchange that already exists as data to the recorder. This preserves the structure of the body, which is lost
 * when the body is converted to bytes.
 */
export const hand = (exchange: Exchange): Effect.Effect<void> =>
  Effect.flatMap(Recorder, (recorder) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => recorder.record(Redacted.make({ ...exchange, at }))),
  )

/**
 * Describes a transport error in the form that a diagnosis reads: the system's error code, or the name of the error if it
 * does not have such a code.
 *
 * **Details**
 *
 * The result is `undefined` for an error decoded from the vendor's response, and for a complete response that did not come
 * from the vendor.
 */
export const failureOf = (error: {
  readonly _tag: string
  readonly detail?: string | undefined
  readonly reached?: "nothing" | "maybe" | undefined
}): string | undefined => {
  if (error.reached === undefined || whole.has(error._tag)) return undefined
  if (error._tag === "TruncatedBody") return error._tag
  const { detail = "" } = error
  if (!/^[A-Z][A-Z0-9_]+$/.test(detail)) return error._tag
  // The code alone would not show that the connection could not be made.
  return error.reached === "nothing" && /^E[A-Z]+$/.test(detail) && !detail.startsWith("EAI")
    ? `connect ${detail}`
    : detail
}

/** The transport errors that concern a completely received response. */
const whole: ReadonlySet<string> = new Set(["CaptivePortal", "DecodeFailure", "RedirectRefused", "UnexpectedStatus"])

/** A recorder that keeps the last failed exchange, together with a way to read that exchange. */
export interface Last {
  readonly recorder: Context.Service.Shape<typeof Recorder>
  /** The last failed exchange in redacted form; `undefined` until an exchange fails. */
  readonly last: Effect.Effect<Exchange | undefined>
}

/**
 * Creates a recorder that keeps the last failed exchange in redacted form.
 *
 * **Example**
 *
 * ```ts
 * const { last, recorder } = Recorder.keepLast(Redaction.make(ruleSets.map(({ vocabulary }) => vocabulary)))
 * const saved = upload.pipe(
 *   Effect.provideService(Recorder.Recorder, recorder),
 *   Effect.onError(() => Effect.flatMap(last, (exchange) => save(exchange))),
 * )
 * ```
 */
export const keepLast = (redact: (exchange: Exchange) => Exchange): Last => {
  let kept: Exchange | undefined
  return {
    recorder: {
      record: (exchange) =>
        Effect.sync(() => {
          kept = redact(Redacted.value(exchange))
        }),
    },
    last: Effect.sync(() => kept),
  }
}

const exchangeOf = ({ answer, attempt, failure, request }: Failed): Exchange => ({
  request: Sent.requestOf(request),
  ...(answer === undefined ? {} : { response: { ...answer, headers: { ...answer.headers } } }),
  ...(failure === undefined ? {} : { failure }),
  ...(attempt === undefined ? {} : { attempt }),
})
