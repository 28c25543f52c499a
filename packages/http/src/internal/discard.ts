/**
 * Ends an answer that is not read: its connection is free, or closed, from then on.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

/** Cancels the body of a response. The reading has to begin, because only its end releases the connection. */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.forkDetach(Effect.ignore(Stream.runDrain(response.stream)), { startImmediately: true }),
    Fiber.interrupt,
  )
