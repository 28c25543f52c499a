/**
 * Discards a response that will not be read, which frees or closes its connection.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"

/**
 * Cancels the body of a response. The function first starts to read the body, because the connection is released only when
 * reading ends.
 */
export const discard = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.forkDetach(Effect.ignore(Stream.runDrain(response.stream)), { startImmediately: true }),
    Fiber.interrupt,
  )
