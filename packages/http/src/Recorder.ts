/**
 * Passes every failed exchange to a recorder, for a file or a diagnosis.
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
 * Receives the exchanges that failed, one after the other, including attempts that are retried. By default there is no
 * recorder.
 *
 * **Details**
 *
 * The exchange is raw: it contains the authorization and every field as sent. It leaves memory only through the recorder, which
 * must redact it first (`Redaction.make`). It is wrapped so that no log shows it.
 *
 * **Gotchas**
 *
 * The recorder runs inside the call, so keep it fast. It cannot change the result.
 */
export const Recorder = Context.Reference<{
  readonly record: (exchange: Redacted.Redacted<Exchange>) => Effect.Effect<void>
}>("@holdfast/http/Recorder", { defaultValue: () => ({ record: () => Effect.void }) })

/** A client's data about a failed exchange. */
export interface Failed {
  readonly request: HttpClientRequest.HttpClientRequest
  /** The response as far as it was read; `undefined` if there is none. */
  readonly answer?:
    | { readonly status: number; readonly headers: HttpAnswer["headers"]; readonly body?: string }
    | undefined
  /** The number of the attempt, from 1. */
  readonly attempt?: number | undefined
  /** Why there is no complete response. */
  readonly failure?: string | undefined
}

/** Passes an exchange to the recorder. */
export const record = (failed: Failed): Effect.Effect<void> => Effect.suspend(() => hand(exchangeOf(failed)))

/** Passes an exchange that exists as data. The bytes of its body would no longer show its form. */
export const hand = (exchange: Exchange): Effect.Effect<void> =>
  Effect.flatMap(Recorder, (recorder) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => recorder.record(Redacted.make({ ...exchange, at }))),
  )

/**
 * The failure of a transport error in the form that a diagnosis reads: the code of the system, or else the error's name.
 *
 * **Details**
 *
 * Undefined for an error decoded from the vendor's response, and for a complete response that is not the vendor's.
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

/** Transport errors about a response that arrived completely. */
const whole: ReadonlySet<string> = new Set(["CaptivePortal", "DecodeFailure", "RedirectRefused", "UnexpectedStatus"])

/** Keeps the last exchange that failed. */
export interface Last {
  readonly recorder: Context.Service.Shape<typeof Recorder>
  /** The redacted exchange; `undefined` until one has failed. */
  readonly last: Effect.Effect<Exchange | undefined>
}

/**
 * Makes a recorder that keeps the last exchange in redacted form.
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
