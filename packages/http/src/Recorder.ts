/**
 * Hands every failed exchange to a recorder: for a file, or for a diagnosis.
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
 * Gets the exchanges that failed, one after the other, attempts that are repeated included. By default there is none.
 *
 * **Details**
 *
 * The exchange is raw: with the authorization and every field as they went out. It leaves memory only through
 * the recorder, which must redact it first (`Redaction.make`); it comes wrapped so that no log shows it.
 *
 * **Gotchas**
 *
 * Runs inside the call, so it must be quick; it cannot change what happens.
 */
export const Recorder = Context.Reference<{
  readonly record: (exchange: Redacted.Redacted<Exchange>) => Effect.Effect<void>
}>("@holdfast/http/Recorder", { defaultValue: () => ({ record: () => Effect.void }) })

/** What a client knows of an exchange that failed. */
export interface Failed {
  readonly request: HttpClientRequest.HttpClientRequest
  /** As far as it was read; `undefined` when none came. */
  readonly answer?:
    | { readonly status: number; readonly headers: HttpAnswer["headers"]; readonly body?: string }
    | undefined
  /** Counted from 1. */
  readonly attempt?: number | undefined
  /** Why there is no answer, or no whole one. */
  readonly failure?: string | undefined
}

/** Hands an exchange to the recorder. */
export const record = (failed: Failed): Effect.Effect<void> => Effect.suspend(() => hand(exchangeOf(failed)))

/** Hands over an exchange that is at hand as data, whose form no longer shows in the bytes of its body. */
export const hand = (exchange: Exchange): Effect.Effect<void> =>
  Effect.flatMap(Recorder, (recorder) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => recorder.record(Redacted.make({ ...exchange, at }))),
  )

/**
 * The failure of a transport error in the words that a diagnosis reads: the code of the system, else the error's name.
 *
 * **Details**
 *
 * An error that the vendor's answer meant has none; neither has an answer that is whole and yet no vendor's.
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
  // The same code means less when it was only the connection that could not be made.
  return error.reached === "nothing" && /^E[A-Z]+$/.test(detail) && !detail.startsWith("EAI")
    ? `connect ${detail}`
    : detail
}

/** Transport errors that judge an answer which was there. */
const whole: ReadonlySet<string> = new Set(["CaptivePortal", "DecodeFailure", "RedirectRefused", "UnexpectedStatus"])

/** What keeps the last exchange that failed. */
export interface Last {
  readonly recorder: Context.Service.Shape<typeof Recorder>
  /** The exchange, redacted; `undefined` while none failed. */
  readonly last: Effect.Effect<Exchange | undefined>
}

/**
 * Makes a recorder that keeps the last exchange, redacted before it is kept.
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
