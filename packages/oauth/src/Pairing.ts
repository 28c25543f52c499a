/**
 * Signs in a device: requests a code, waits until the user approves the code, and saves the tokens.
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
 * Requests a code, shows the code, polls until the user approves the code, and saves the tokens.
 *
 * **Details**
 *
 * `show` runs before the first poll. When `run` returns the tokens, they have already been saved. The disk space for the
 * tokens is reserved before the code is requested.
 *
 * **Gotchas**
 *
 * If the code expires, the call fails with `ExpiredToken`. RFC 8628 permits a request for a new code only if a user is
 * present to see the code, so the caller must make this request.
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
