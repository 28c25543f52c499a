/**
 * Moves the pairing of this machine to the workers of a cluster.
 */
import { TokenStore } from "@holdfast/oauth/TokenStore"
import type { TokenSet } from "@holdfast/oauth/TokenSet"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Remedy from "../network/Remedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { PairingNeeded } from "../process/PersonError.ts"
import * as StoreLock from "../signIn/StoreLock.ts"

/**
 * Moves the pair of tokens from one store to another.
 *
 * **Details**
 *
 * Two copies of a pair would use the same refresh token twice, which ends the sign-in, so this machine forgets its pair. The copy is
 * saved first. If the command is stopped between the two steps, it can be repeated.
 */
export const move = <E, R, E2, R2>(
  api: string,
  from: Layer.Layer<TokenStore, E, R>,
  to: Layer.Layer<TokenStore, E2, R2>,
) => {
  const save = (tokens: TokenSet) =>
    TokenStore.use((store) => StoreLock.exclusive(store, store.save(tokens))).pipe(
      Effect.catchIf(Remedy.isTokenStoreError, (error) => Effect.fail(Remedy.tokenStore(error, api))),
      Effect.provide(to),
    )
  return TokenStore.use((store) =>
    StoreLock.exclusive(
      store,
      Effect.gen(function* () {
        const tokens = yield* Effect.mapError(store.load, (error) => Remedy.tokenStore(error, api))
        if (tokens === undefined) {
          return yield* new PairingNeeded({
            problem: `this machine is not paired with ${api}`,
            remedy: "leave --import out to pair the device of the cluster",
          })
        }
        yield* save(tokens)
        yield* Effect.mapError(store.clear, (error) => Remedy.tokenStore(error, api))
      }),
      { saves: false },
    ),
  ).pipe(
    Effect.catchIf(Remedy.isTokenStoreError, (error) => Effect.fail<PersonError>(Remedy.tokenStore(error, api))),
    Effect.provide(from),
  )
}
