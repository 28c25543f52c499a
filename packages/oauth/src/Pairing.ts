/**
 * Signs a device in: requests a code, waits for its approval, and saves the tokens.
 */
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import { DeviceAuthorization } from "./DeviceAuthorization.ts"
import type { DeviceCode } from "./DeviceCode.ts"
import type { OAuthError } from "./OAuthError.ts"
import type { TokenSet } from "./TokenSet.ts"
import { TokenStore } from "./TokenStore.ts"
import type { TokenStoreError } from "./TokenStoreError.ts"

/**
 * Requests a code, shows it, polls until it is approved, and saves the tokens.
 *
 * **Details**
 *
 * `show` runs before the first poll. The tokens are saved when this returns them. Their disk space is reserved before
 * the code is requested.
 *
 * **Gotchas**
 *
 * A code that expires fails with `ExpiredToken`. RFC 8628 permits a new code only if a person is present to see it, so
 * the caller must request it.
 */
export const run = <E, R>(
  show: (code: DeviceCode) => Effect.Effect<void, E, R>,
): Effect.Effect<
  TokenSet,
  OAuthError | TransportError | AnswerUnreadable | TokenStoreError | E,
  DeviceAuthorization | TokenStore | R
> =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) =>
      Effect.gen(function* () {
        const device = yield* DeviceAuthorization
        const store = yield* TokenStore
        // Fails before a person approves a code whose tokens could not be saved.
        yield* store.exclusive(Effect.void)
        if (store.reserve !== undefined) yield* Scope.provide(store.reserve, scope)
        const code = yield* device.request
        yield* show(code)
        return yield* Effect.uninterruptibleMask((restore) =>
          Effect.tap(restore(device.poll(code)), (tokens) =>
            // Saves under the lock, so that a refresh of the old pair cannot overwrite the new one. If the lock fails,
            // it saves without it.
            store.exclusive(store.save(tokens), { saves: false }).pipe(Effect.catch(() => store.save(tokens))),
          ),
        )
      }),
    Scope.close,
  )
