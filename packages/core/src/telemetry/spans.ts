/**
 * Creates spans for calls and attempts, and records what happens between attempts as events of the enclosing span.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Tracer from "effect/Tracer"
import { failureOf } from "../pipeline/engine/outcome.ts"
import { DeadlineExceeded } from "../policies/deadline/Deadline.ts"
import { errorType } from "./errorType.ts"
import type { About, Event, Watch } from "./Observer.ts"

type Attributes = Readonly<Record<string, unknown>>

const named = (pipeline: string, what: string): string => (pipeline === "" ? what : `${pipeline} ${what}`)

const about = (pipeline: string): Attributes => (pipeline === "" ? {} : { "pipeline.name": pipeline })

const spanned = <A, E, R>(
  name: string,
  attributes: Attributes,
  effect: Effect.Effect<A, E, R>,
  onExit: (span: Tracer.Span, exit: Exit.Exit<A, E>) => void,
): Effect.Effect<A, E, R> =>
  Effect.useSpan(name, { attributes: { ...attributes } }, (span) =>
    // The cast is safe: an effect that requires a span gets this one.
    Effect.provideService(
      Effect.onExitPrimitive(effect, (exit) => void onExit(span, exit)),
      Tracer.ParentSpan,
      span,
    ),
  ) as Effect.Effect<A, E, R>

const failed = (span: Tracer.Span, exit: Exit.Exit<unknown, unknown>): void => {
  if (exit._tag === "Success") return
  const interrupted = exit.cause.reasons.every((reason) => reason._tag === "Interrupt")
  const type = errorType(interrupted ? "ignored" : "failure", failureOf(exit.cause))
  if (type !== undefined) span.attribute("error.type", type)
}

/**
 * Creates a span for each attempt.
 *
 * **Details**
 *
 * From the second attempt on, the span and the spans inside it have the attribute `http.request.resend_count`.
 * OpenTelemetry's convention requires this attribute on the span of the HTTP request, and the HTTP client creates that span.
 */
export const attempt: NonNullable<Watch["around"]> = ({ number, pipeline }, send) => {
  const span = spanned(named(pipeline, "attempt"), { ...about(pipeline), "retry.attempt": number }, send, failed)
  return number < 2 ? span : Effect.annotateSpans(span, "http.request.resend_count", number - 1)
}

/** Creates a span for each call. */
export const call: NonNullable<Watch["call"]> = (of, run) =>
  spanned(named(of.pipeline, "call"), about(of.pipeline), run, (span, exit) => {
    span.attribute("retry.attempt", of.number)
    failed(span, exit)
  })

/** Adds an event to the span that encloses the attempts, if there is one. */
export const note = (event: Event, { fiber, number }: About): void => {
  const described = describe(event, number)
  if (described === undefined) return
  const span = Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
  if (span?._tag !== "Span") return
  span.event(described[0], fiber.getRef(Clock.Clock).currentTimeNanosUnsafe(), { ...described[1] })
}

/** The name and the attributes of the span event; durations are in seconds, as in the metrics. */
const describe = (event: Event, number: number): readonly [name: string, attributes: Attributes] | undefined => {
  switch (event._tag) {
    // The spans of the attempts already show it.
    case "AttemptStarted":
    case "AttemptEnded":
      return undefined
    case "RetryScheduled":
      return [
        "retry.scheduled",
        {
          "retry.attempt": number,
          "retry.decided_by": event.by,
          "retry.wait": event.waitMs / 1000,
          "error.type": event.error._tag,
        },
      ]
    case "RetryRefused":
      return [
        "retry.refused",
        { "retry.attempt": number, "retry.decided_by": event.by, "error.type": event.error._tag },
      ]
    case "GateWaited":
      return ["gate.waited", { "gate.wait": event.waitMs / 1000 }]
    case "Queued":
      return ["queue.waited", { "policy.name": event.policy, "queue.wait": event.waitMs / 1000 }]
    case "Rejected":
      return [
        "policy.rejected",
        { "policy.name": event.policy, "error.type": event.error._tag, ...(event.dryRun && { dry_run: true }) },
      ]
    case "CircuitChanged":
      return [
        "circuitbreaker.changed",
        {
          "circuitbreaker.name": event.breaker,
          "circuitbreaker.state": event.to,
          "circuitbreaker.previous_state": event.from,
        },
      ]
    case "HedgeStarted":
      return ["hedge.started", { "retry.attempt": event.number }]
    case "HedgeWon":
      return ["hedge.won", { "retry.attempt": event.number }]
    case "FallbackUsed":
      return ["fallback.used", { "error.type": event.error._tag, ...spent(event.error) }]
    case "CallEnded":
      return event.error instanceof DeadlineExceeded ? ["deadline.exceeded", spent(event.error)] : undefined
  }
}

/** The time, in seconds, that a call spent in each phase before it exceeded its deadline. */
const spent = (error: unknown): Attributes =>
  error instanceof DeadlineExceeded
    ? Object.fromEntries(Object.entries(error.spent).map(([phase, ms]) => [`deadline.spent.${phase}`, ms / 1000]))
    : {}
