/**
 * The token store of one device, in rows that all runners share.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Secret from "@holdfast/core/Secret"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import { isNewPair, SavedTokens, type TokenSet } from "@holdfast/oauth/TokenSet"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import {
  TokensCorrupt,
  TokensLocked,
  TokensUnreadable,
  TokensUnwritable,
  type TokenStoreError,
} from "@holdfast/oauth/TokenStoreError"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { SqlError } from "effect/sql/SqlError"
import { createHash } from "node:crypto"
import * as Faults from "../../journal/faults.ts"
import type { Content, Rows } from "./rows.ts"

/** The interval at which a lock that another process holds is tried again. */
const askEvery = Duration.millis(500)

/** The interval at which a held lock is renewed. */
const renewEvery = Duration.seconds(2)

/** The interval at which a new pair is written again after a failure. */
const saveEvery = Duration.millis(250)

/** How long a caller waits for a new pair to be written. The attempts go on after that. */
const saveWait = Duration.seconds(5)

/** The maximum time that a caller waits for another process: two refreshes that time out and one minute. */
const lockWait = Duration.sum(Duration.times(Timeouts.refresh, 2), Duration.minutes(1))

/** Identifies an access token without revealing it. */
export const digest = (token: Redacted.Redacted<string>): string =>
  createHash("sha256").update(Secret.value(token)).digest("hex")

const readable = Schema.decodeUnknownOption(SavedTokens)
const write = Schema.encodeSync(SavedTokens)

const encode = (tokens: TokenSet): Content => ({
  text: write({ version: 1, ...tokens }),
  access: digest(tokens.accessToken),
})

/** A holder of the lock. `parent` is the digest of the access token of the pair that is being refreshed. */
interface Session {
  readonly owner: string
  parent: string | undefined
}

/** A new pair that is not written yet. */
interface Pending {
  readonly access: string
  readonly written: Deferred.Deferred<boolean>
}

/**
 * Makes the store of one device.
 *
 * **Details**
 *
 * `exclusive` holds a lock that expires 8 s after its process was killed or suspended. A change of the stored pair, such as
 * `spent`, is written only by the holder of the lock and only over the same pair. A refreshed pair is written only over the
 * pair from which it was obtained, so a process that was suspended cannot replace a newer pair. A refreshed pair that cannot
 * be written is written again, in `scope`, until it is written or has been overtaken.
 */
export const make = (rows: Rows, device: string, scope: Scope.Scope): Effect.Effect<TokenStore["Service"]> =>
  Effect.gen(function* () {
    const saves = yield* PubSub.unbounded<TokenSet>()
    const turn = yield* Semaphore.make(1)
    const path = `of device ${device} (${rows.name})`
    let session: Session | undefined
    let latest: TokenSet | undefined
    let pending: Pending | undefined

    const cannotRead = (error: SqlError) => {
      const { action, cause, detail, verdict } = Faults.unreadable(path)(error)
      return new TokensUnreadable({ path, action, detail, verdict, cause: ForeignError.keep(cause) })
    }
    const cannotWrite = (error: SqlError) => {
      const { action, cause, detail, verdict } = Faults.unwritable(path)(error)
      return new TokensUnwritable({ path, action, detail, verdict, cause: ForeignError.keep(cause) })
    }
    const taken = (detail: string) =>
      new TokensLocked({ path, detail, action: "wait until the other process has finished", verdict: Verdict.always() })

    const load: Effect.Effect<TokenSet | undefined, TokenStoreError> = Effect.mapError(
      rows.read(device),
      cannotRead,
    ).pipe(
      Effect.flatMap((content) => (content === undefined ? Effect.undefined : decode(path, content.text))),
      Effect.tap((set) => Effect.sync(() => (latest = set))),
    )

    /** Writes a new pair until it is written or has been overtaken. Returns whether it is written. */
    const persist = (content: Content, parent: string | undefined): Effect.Effect<boolean> =>
      Effect.gen(function* () {
        const when =
          parent === undefined ? ({ _tag: "always" } as const) : ({ _tag: "parent", access: parent } as const)
        if (yield* rows.replace(device, content, when)) return true
        // A write whose confirmation was lost has replaced the parent itself.
        return (yield* rows.read(device))?.access === content.access
      }).pipe(
        Effect.tapError((error) =>
          Effect.logWarning(`the new tokens ${path} are not saved yet: ${cannotWrite(error).detail}`),
        ),
        Effect.retry(Schedule.spaced(saveEvery)),
        Effect.orDie,
      )

    /** Writes a new pair, in a fiber that outlives the caller, because this process may hold its only copy. */
    const saveNew = (content: Content, parent: string | undefined): Effect.Effect<void, TokenStoreError> =>
      Effect.gen(function* () {
        if (pending?.access !== content.access) {
          const next: Pending = { access: content.access, written: yield* Deferred.make<boolean>() }
          pending = next
          yield* persist(content, parent).pipe(
            Effect.onExit((exit) => {
              if (pending === next) pending = undefined
              return Deferred.done(next.written, exit)
            }),
            Effect.forkIn(scope, { startImmediately: true }),
          )
          return yield* wait(next)
        }
        return yield* wait(pending)
      })
    const wait = ({ written }: Pending): Effect.Effect<void, TokenStoreError> =>
      Effect.timeoutOption(Deferred.await(written), saveWait).pipe(
        Effect.flatMap((result): Effect.Effect<void, TokenStoreError> => {
          if (Option.isNone(result)) {
            const detail = "the database has not confirmed the new tokens yet"
            return new TokensUnwritable({ path, detail, action: "check the database", verdict: Verdict.always() })
          }
          return result.value ? Effect.void : taken("another process has saved other tokens meanwhile")
        }),
      )

    const save = (tokens: TokenSet): Effect.Effect<void, TokenStoreError> =>
      Effect.gen(function* () {
        const content = encode(tokens)
        const current = session
        const fresh = current?.parent !== content.access && isNewPair(latest, tokens)
        if (fresh) {
          yield* saveNew(content, current?.parent)
        } else if (current === undefined) {
          yield* Effect.mapError(rows.replace(device, content, { _tag: "always" }), cannotWrite)
        } else {
          if (tokens.spent !== undefined) current.parent = content.access
          const when = { _tag: "held", access: content.access, owner: current.owner } as const
          const written = yield* Effect.mapError(rows.replace(device, content, when), cannotWrite)
          if (!written) return yield* taken("another process has taken over while this one was suspended")
        }
        latest = tokens
        if (fresh) yield* PubSub.publish(saves, tokens)
      }).pipe(Effect.uninterruptible)

    const acquire = (owner: string) =>
      Effect.mapError(rows.lock(device, owner), cannotWrite).pipe(
        Effect.filterOrFail(
          (held) => held,
          () => taken("another process holds its lock"),
        ),
        Effect.retry({
          schedule: Schedule.spaced(askEvery),
          while: ({ _tag }) => _tag === "TokensLocked",
          times: Math.ceil(Duration.toMillis(lockWait) / Duration.toMillis(askEvery)),
        }),
      )

    const exclusive = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | TokenStoreError, R> =>
      Effect.gen(function* () {
        const owner = `${yield* Random.nextInt}-${yield* Random.nextInt}`
        yield* Effect.acquireRelease(acquire(owner), () => Effect.ignore(rows.unlock(device, owner)), {
          interruptible: true,
        })
        yield* rows.lock(device, owner).pipe(Effect.ignore, Effect.delay(renewEvery), Effect.forever, Effect.forkScoped)
        yield* Effect.acquireRelease(
          Effect.sync(() => {
            session = { owner, parent: undefined }
          }),
          () =>
            Effect.sync(() => {
              session = undefined
            }),
        )
        return yield* effect
      }).pipe(Effect.scoped, turn.withPermit)

    return {
      load,
      save,
      clear: Effect.suspend(() => {
        latest = undefined
        return Effect.mapError(rows.remove(device), cannotWrite)
      }),
      changes: Stream.fromPubSub(saves),
      exclusive,
    }
  })

const decode = (path: string, text: string): Effect.Effect<TokenSet, TokensCorrupt> => {
  const found = readable(text)
  if (Option.isSome(found)) {
    const { version: _, ...set } = found.value
    return Effect.succeed(set)
  }
  return Effect.fail(
    new TokensCorrupt({
      verdict: Verdict.never({ change: "human" }),
      path,
      // No cause: a schema's message quotes its input, which can be part of a token.
      detail: "is damaged, or was written by another version of this program",
      action: "pair the device again",
    }),
  )
}
