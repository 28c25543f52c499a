/**
 * Where the tokens are kept.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as PubSub from "effect/PubSub"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Verdict from "@holdfast/core/Verdict"
import * as DurableFile from "./internal/durableFile.ts"
import { fileFault } from "./internal/fileFault.ts"
import * as FileLock from "./internal/FileLock.ts"
import { TokenSet } from "./TokenSet.ts"
import { TokensCorrupt, TokensUnreadable, TokensUnwritable } from "./TokenStoreError.ts"
import type { TokenStoreError } from "./TokenStoreError.ts"

/** The content of a file of tokens; `version` lets a later program read it. */
const Content = Schema.fromJsonString(Schema.Struct({ version: Schema.Literal(1), ...TokenSet.fields }))

/** Where the tokens are kept. */
export class TokenStore extends Context.Service<
  TokenStore,
  {
    /** The tokens on file; `undefined` when nobody has signed in. */
    readonly load: Effect.Effect<TokenSet | undefined, TokenStoreError>
    /** Replaces the tokens; they survive a power cut once this has returned. */
    readonly save: (tokens: TokenSet) => Effect.Effect<void, TokenStoreError>
    /** Forgets the tokens. */
    readonly clear: Effect.Effect<void, TokenStoreError>
    /** The tokens of every later save by this process. */
    readonly changes: Stream.Stream<TokenSet>
    /**
     * Runs an effect while nobody else who shares the store runs one, in this process or another: a refresh token that
     * is used twice ends the sign-in. Fails before the effect starts when the store could not be written afterwards.
     */
    readonly exclusive: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | TokenStoreError, R>
  }
>()("@holdfast/oauth/TokenStore") {
  /** Keeps the tokens until the layer's scope ends. */
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
            current = tokens
            return Effect.asVoid(PubSub.publish(saves, tokens))
          }),
        clear: Effect.sync(() => {
          current = undefined
        }),
        changes: Stream.fromPubSub(saves),
        exclusive: semaphore.withPermit,
      }
    }),
  )

  /**
   * Keeps the tokens in a file that only its owner can read (mode 0600).
   *
   * **Details**
   *
   * A save writes a temporary file beside it, syncs it, renames it, and syncs the folder: a crash leaves the old pair or
   * the new one. Folders that are missing are made with mode 0700. `exclusive` uses a lock file beside it.
   *
   * **Gotchas**
   *
   * The tokens are not encrypted. `changes` does not see the saves of other processes; `load` does.
   */
  static readonly layerFile = (file: string): Layer.Layer<TokenStore, never, FileSystem.FileSystem | Path.Path> =>
    Layer.effect(
      TokenStore,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const saves = yield* PubSub.unbounded<TokenSet>()
        const lock = FileLock.exclusive(fs, `${file}.lock`)
        const unwritable = (cause: PlatformError) => new TokensUnwritable({ path: file, cause, ...fileFault(cause) })

        const load = fs.readFileString(file).pipe(
          Effect.matchEffect({
            onSuccess: (content) => decode(file, content),
            onFailure: (cause) =>
              cause.reason._tag === "NotFound"
                ? Effect.undefined
                : Effect.fail(new TokensUnreadable({ path: file, cause, ...fileFault(cause) })),
          }),
        )
        const save = (tokens: TokenSet) =>
          DurableFile.replace(fs, path, file, encode(tokens)).pipe(
            Effect.mapError(unwritable),
            Effect.andThen(PubSub.publish(saves, tokens)),
            Effect.asVoid,
            Effect.uninterruptible,
          )
        const makeFolder = fs
          .makeDirectory(path.dirname(file), { recursive: true, mode: 0o700 })
          .pipe(Effect.mapError(unwritable))

        return {
          load,
          save,
          clear: fs.remove(file, { force: true }).pipe(Effect.mapError(unwritable)),
          changes: Stream.fromPubSub(saves),
          exclusive: (effect) =>
            // The effect's own failures pass the lock as values, so that they are not taken for the lock's.
            Effect.andThen(makeFolder, Effect.mapError(lock(Effect.exit(effect)), unwritable)).pipe(Effect.flatten),
        }
      }),
    )
}

const encode = (tokens: TokenSet): string => `${Schema.encodeSync(Content)({ version: 1, ...tokens })}\n`

const readable = Schema.decodeUnknownOption(Content)

const decode = (file: string, content: string): Effect.Effect<TokenSet, TokensCorrupt> => {
  const tokens = readable(content)
  if (Option.isSome(tokens)) {
    const { version: _, ...set } = tokens.value
    return Effect.succeed(set)
  }
  return Effect.fail(
    new TokensCorrupt({
      verdict: Verdict.never({ change: "human" }),
      path: file,
      // No cause: a schema's message quotes what it read, and that can be half of a token.
      detail: content.trim() === "" ? "is empty" : "is damaged, or was written by another version",
      action: "sign in again; the file is replaced then",
    }),
  )
}
