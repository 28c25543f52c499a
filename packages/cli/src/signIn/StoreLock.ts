/**
 * Acquires the lock of the token store, and reports a long wait to the user.
 */
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import type { TokenStoreError } from "@holdfast/oauth/TokenStoreError"
import * as Effect from "effect/Effect"
import { Output } from "../terminal/Output.ts"

/** Shorter waits are not reported, because most refreshes take less time. */
const patience = "3 seconds"

/** Runs an effect under the store's lock. Prints a message if it waits for another process, such as an upload's refresh. */
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
