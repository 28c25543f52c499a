/**
 * Stores tokens in a file, with durable saves, an interprocess lock, and disk space that is reserved in advance.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as ForeignError from "@holdfast/core/ForeignError"
import { isNewPair } from "../../../TokenSet.ts"
import type { TokenSet } from "../../../TokenSet.ts"
import { TokensLocked, TokensUnreadable, TokensUnwritable } from "../../../TokenStoreError.ts"
import type { TokenStoreError } from "../../../TokenStoreError.ts"
import type { LockBusy, LockRefused } from "../../lock/lock.ts"
import * as ProcessLock from "../../../ProcessLock.ts"
import * as DurableFile from "./durableFile.ts"
import { fileFault } from "./fileFault.ts"
import { decode, encode } from "./tokenContent.ts"
import { checkNew, locate } from "./tokenLocation.ts"

/**
 * The maximum time that a caller waits for another process. The limit allows for two refreshes that time out and one minute
 * of disk operations.
 */
const lockWait = Duration.sum(Duration.times(Timeouts.refresh, 2), Duration.minutes(1))

/** The number of bytes reserved for each of the two saves around a refresh. A token pair needs less space. */
const reserved = 64 * 1024

/** Opens the token store for a single file. Fails if the file is not suitable for storing tokens. */
export const make = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: Path.Path, file: string) {
  const saves = yield* PubSub.unbounded<TokenSet>()
  const where = locate(fs, path, file)
  const unwritable = (cause: PlatformError) =>
    new TokensUnwritable({ path: file, cause: ForeignError.keep(cause), ...fileFault(cause) })
  let reservations: ReadonlyArray<DurableFile.Reservation> = []
  let held: DurableFile.Reservation | undefined
  let latest: TokenSet | undefined
  let lock: { readonly of: string; readonly lock: ProcessLock.ProcessLock } | undefined

  /** Returns the lock for a file. Different paths to the same file share one lock. */
  const lockOf = (target: string): ProcessLock.ProcessLock => {
    if (lock?.of !== target) {
      lock = { of: target, lock: ProcessLock.make(`${target}.owner`, { atMost: lockWait }) }
    }
    return lock.lock
  }

  const replace = (target: string, content: string) =>
    Effect.suspend(() => {
      const [next = held, ...rest] = reservations
      reservations = rest
      if (next === held) held = undefined
      return next === undefined ? DurableFile.replace(fs, path, target, content) : next.replace(content)
    })

  const reserve = (target: string) => {
    const one = Effect.mapError(DurableFile.reserve(fs, path, target, reserved), unwritable)
    return Effect.acquireRelease(
      Effect.tap(Effect.all([one, one]), ([made]) => checkNew(fs, made.name, file)).pipe(
        Effect.map((made) => {
          reservations = made
        }),
      ),
      () =>
        Effect.sync(() => {
          reservations = []
        }),
    )
  }

  const hold = Effect.flatMap(where, (target) =>
    Effect.acquireRelease(
      Effect.map(Effect.mapError(DurableFile.reserve(fs, path, target, reserved), unwritable), (made) => {
        held = made
        return made
      }),
      (made) =>
        Effect.sync(() => {
          if (held === made) held = undefined
        }),
    ),
  ).pipe(Effect.asVoid)

  const load = Effect.flatMap(where, (target) =>
    fs.readFileString(target).pipe(
      Effect.matchEffect({
        onSuccess: (content) => Effect.tap(decode(file, content), (tokens) => Effect.sync(() => (latest ??= tokens))),
        onFailure: (cause) =>
          cause.reason._tag === "NotFound"
            ? Effect.undefined
            : Effect.fail(new TokensUnreadable({ path: file, cause: ForeignError.keep(cause), ...fileFault(cause) })),
      }),
    ),
  )

  const save = (tokens: TokenSet): Effect.Effect<void, TokenStoreError> =>
    Effect.flatMap(where, (target) => Effect.mapError(replace(target, encode(tokens)), unwritable)).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          const fresh = isNewPair(latest, tokens)
          latest = tokens
          return fresh ? PubSub.publish(saves, tokens) : Effect.void
        }),
      ),
      Effect.asVoid,
      Effect.uninterruptible,
    )

  const clear = Effect.flatMap(where, (target) => {
    latest = undefined
    return Effect.mapError(DurableFile.removeAll(fs, path, target), unwritable)
  })

  const exclusive = <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    { saves: willSave = true }: { readonly saves?: boolean } = {},
  ): Effect.Effect<A, E | TokenStoreError, R> =>
    Effect.gen(function* () {
      const target = yield* where
      yield* Effect.mapError(DurableFile.makeFolder(fs, path, path.dirname(target)), unwritable)
      const space = willSave ? reserve(target) : Effect.void
      const prepared = Effect.andThen(space, Effect.exit(effect))
      // The effect's own failures pass through the lock as values, so that they do not count as failures of the lock.
      return yield* yield* lockOf(target)
        .exclusive(Effect.scoped(prepared))
        .pipe(Effect.catchTags({ LockRefused: refused, LockBusy: busy }))
    })

  const refused = (error: LockRefused) =>
    Effect.fail(
      new TokensUnwritable({
        path: file,
        detail: `the file cannot be locked because its lock ${error.path} cannot be used: ${error.detail}`,
        action: error.action,
        verdict: error.verdict,
      }),
    )

  const busy = (error: LockBusy) =>
    Effect.fail(
      new TokensLocked({
        path: file,
        detail: `another process has held the file's lock for ${Math.round(error.waitedMs / 1000)} s`,
        action: "stop the other program that is using the file (it may be suspended), then run this program again",
        verdict: error.verdict,
      }),
    )

  yield* where
  return { load, save, clear, changes: Stream.fromPubSub(saves), exclusive, reserve: hold }
})
