/**
 * Stores the tokens of one sign-in.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as TokenFile from "./internal/store/file/tokenFile.ts"
import { isNewPair } from "./TokenSet.ts"
import type { TokenSet } from "./TokenSet.ts"
import type { TokenStoreError } from "./TokenStoreError.ts"

/** Stores the tokens of one sign-in. */
export class TokenStore extends Context.Service<
  TokenStore,
  {
    /** The saved tokens, or `undefined` if the device is not signed in. */
    readonly load: Effect.Effect<TokenSet | undefined, TokenStoreError>
    /** Replaces the tokens. Once `save` has returned, the tokens survive a power failure. */
    readonly save: (tokens: TokenSet) => Effect.Effect<void, TokenStoreError>
    /** Removes the tokens and any temporary files left by crashed processes. */
    readonly clear: Effect.Effect<void, TokenStoreError>
    /** Emits the tokens of each subsequent save by this process. Saves that change only `spent` are omitted. */
    readonly changes: Stream.Stream<TokenSet>
    /**
     * Runs an effect while no other caller that shares the store, in this process or another process, is running an effect.
     * Only one caller may run an effect because a refresh token that is used twice ends the sign-in. Fails before the effect
     * starts if the store cannot be written. The space for two saves is reserved for the effect, unless `saves` is `false`.
     * Waits up to 5 min for another process. The wait can be interrupted.
     */
    readonly exclusive: <A, E, R>(
      effect: Effect.Effect<A, E, R>,
      options?: { readonly saves?: boolean },
    ) => Effect.Effect<A, E | TokenStoreError, R>
    /**
     * Reserves disk space for one save until the scope closes. The disk may become full while a pairing is waiting for the
     * user.
     */
    readonly reserve?: Effect.Effect<void, TokenStoreError, Scope.Scope>
  }
>()("@holdfast/oauth/TokenStore") {
  /** Keeps the tokens in memory until the layer's scope closes. */
  static readonly layerMemory: Layer.Layer<TokenStore> = Layer.effect(
    TokenStore,
    Effect.gen(function* () {
      const saves = yield* PubSub.unbounded<TokenSet>()
      const semaphore = yield* Semaphore.make(1)
      let current: TokenSet | undefined
      return {
        load: Effect.sync(() => current),
        save: (tokens) =>
          Effect.suspend(() => {
            const fresh = isNewPair(current, tokens)
            current = tokens
            return fresh ? Effect.asVoid(PubSub.publish(saves, tokens)) : Effect.void
          }),
        clear: Effect.sync(() => {
          current = undefined
        }),
        changes: Stream.fromPubSub(saves),
        exclusive: (effect) => semaphore.withPermit(effect),
      }
    }),
  )

  /**
   * Keeps the tokens in a file with mode 0600, which only its owner can read.
   *
   * **Details**
   *
   * A save writes and syncs a temporary file, renames the file, and syncs the folder. After a crash, the file therefore
   * contains either the old pair or the new pair. Missing folders are created with mode 0700. `exclusive` locks an empty file
   * (`.owner`) next to the token file, and this lock file is never removed. The kernel releases the lock when the process
   * ends. If the path is a symbolic link, a save replaces the target of the link.
   *
   * The layer fails with `TokensUnusable` if the path is not a regular file, or if another user owns or can access the file.
   * Every operation checks the file again.
   *
   * **Gotchas**
   *
   * The tokens are not encrypted. `changes` does not report saves by other processes, but `load` returns the tokens that they
   * saved.
   */
  static readonly layerFile = (
    file: string,
  ): Layer.Layer<TokenStore, TokenStoreError, FileSystem.FileSystem | Path.Path> =>
    Layer.effect(
      TokenStore,
      Effect.gen(function* () {
        return yield* TokenFile.make(yield* FileSystem.FileSystem, yield* Path.Path, file)
      }),
    )
}
