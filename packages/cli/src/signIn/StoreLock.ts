/**
 * Acquires the lock of the token store and reports a long wait to the user.
 */
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import type { TokenStoreError } from "@holdfast/oauth/TokenStoreError"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"

/**
 * The command reports a wait for the lock only if the wait exceeds this duration. Most token refreshes take less time than
 * this.
 */
const patience = "3 seconds"

/**
 * Runs an effect while holding the lock of the token store. If another process (an upload that refreshes its token, for
 * example) holds the lock for a long time, a message is printed.
 */
export const exclusive = <A, E, R>(
  store: TokenStore["Service"],
  effect: Effect.Effect<A, E, R>,
  options: { readonly saves?: boolean } = {},
): Effect.Effect<A, E | TokenStoreError, R | Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    let isInside = false
    const notice = Effect.suspend(() =>
      isInside
        ? Effect.void
        : output.message(
            "holdfast: another process is using the saved sign-in; waiting up to 5 min for that process to release it",
          ),
    )
    const inside = Effect.andThen(
      Effect.sync(() => {
        isInside = true
      }),
      effect,
    )
    return yield* Effect.raceFirst(
      store.exclusive(inside, options),
      Effect.andThen(Effect.andThen(Effect.sleep(patience), notice), Effect.never),
    )
  })
