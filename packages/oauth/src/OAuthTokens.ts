/**
 * Implements the `Tokens` of the authorization gate with a device sign-in. New tokens are saved before they are used, and two
 * processes never send the same refresh token concurrently.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { SignInNeeded, Tokens } from "@holdfast/core/Authorization"
import * as Backoff from "@holdfast/core/Backoff"
import { reader } from "@holdfast/core/InvalidPolicy"
import type { Connectivity } from "@holdfast/core/Connectivity"
import type * as Gate from "@holdfast/core/Gate"
import * as Grace from "@holdfast/core/Grace"
import * as Retry from "@holdfast/core/Retry"
import * as Timeouts from "@holdfast/core/Timeouts"
import { DeviceAuthorization } from "./DeviceAuthorization.ts"
import * as RefreshMeaning from "./RefreshMeaning.ts"
import { same } from "./TokenSet.ts"
import type { TokenSet } from "./TokenSet.ts"
import { TokenStore } from "./TokenStore.ts"
import type { TokenStoreError } from "./TokenStoreError.ts"

type Token = Redacted.Redacted<string>

/**
 * The interval at which the store is read while a new sign-in is required, because another process may complete the sign-in.
 */
export const lookEvery = Duration.seconds(5)

/** The maximum `Retry-After` that is honored, in milliseconds (1 h). A longer `Retry-After` is reduced to this maximum. */
const hintCap = Duration.toMillis(Duration.hours(1))

/**
 * The reason why no valid token is available.
 *
 * `ended`: the pair can no longer be refreshed. `blocked`: the pair is valid, but the store failed, so no refresh was sent.
 * `unsaved`: the new pair is in memory but not saved yet. In each of these states, `token` is the saved access token.
 */
type Trouble =
  | {
      readonly _tag: "ended"
      readonly token: Token
      readonly reason: string
      readonly action: string
      readonly need: Gate.Need
    }
  | { readonly _tag: "blocked"; readonly token: Token }
  | { readonly _tag: "unsaved"; readonly token: Token; readonly next: TokenSet }

/** The outcome of one refresh attempt. `left` states whether the same refresh token may be sent again. */
type Outcome =
  | { readonly token: Token }
  | {
      readonly later: RefreshMeaning.Next
      readonly left: boolean
      readonly hint: Duration.Duration | undefined
      readonly reason: string
      readonly action: string
    }

const signIn = RefreshMeaning.action["sign-in"]

/** Nothing was sent. */
const offline: Outcome = {
  later: "again",
  left: true,
  hint: undefined,
  reason: "the network is down",
  action: RefreshMeaning.action.again,
}

/** The state of a pair of tokens that can no longer be refreshed. */
const over = { reason: "the sign-in has ended", action: signIn, need: "sign-in" } as const

const notSignedIn = () => new SignInNeeded({ reason: "this device is not signed in", action: "sign in" })

/** A new sign-in replaces a damaged token file. Any other fault must be fixed on this machine. */
const fromStore = (error: TokenStoreError) =>
  new SignInNeeded({
    reason: error.message,
    action: error.action,
    need: error._tag === "TokensCorrupt" ? "sign-in" : "machine",
  })

/** The options for refreshing tokens. */
export interface Options {
  /**
   * Whether to resend a refresh whose response was lost: `once` or `never`. Choose `never` for servers that end every session
   * of an account when a refresh token is used twice. Default: `once`.
   */
  readonly resend?: "once" | "never" | undefined
  /**
   * The connectivity gate. A refresh waits at the gate before it acquires the store's lock, so that no refresh is sent during
   * an outage.
   */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** The delays before a refresh is sent again. Default: the delays of `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | undefined
}

/**
 * Implements `Tokens` with a `TokenStore` and a `DeviceAuthorization`.
 *
 * **Details**
 *
 * Each refresh attempt holds the store's lock and reads the store first. If another process has already refreshed the tokens,
 * the tokens of that process are used. Before a refresh is sent, the store records that the refresh token may already have
 * been used. The new pair is saved before any caller receives it.
 *
 * `RefreshMeaning` classifies responses. A refresh that provably did not arrive or had no effect is retried without limit,
 * with capped backoff. The store's record of the refresh is removed. A `Retry-After` lengthens a delay to at most 1 h. A
 * refresh whose response was lost is sent once more, because the first request may not have arrived. Either this process or
 * the next process that finds the record resends the refresh. If the second response is also lost, the user has to sign in. A
 * refresh token is not sent again after two lost responses, and two processes never send the same refresh token concurrently.
 *
 * A pair that could not be saved is kept in memory and is saved as soon as the disk accepts writes again. If the disk is full
 * before a refresh, the refresh is not sent.
 *
 * If a refresh in flight is interrupted, the interruption waits up to 15 s for the response. Throws an `InvalidPolicy` for
 * invalid or unknown options.
 */
export const layerWith = (options: Options): Layer.Layer<Tokens, never, DeviceAuthorization | TokenStore> => {
  const read = reader("OAuthTokens")
  read.known(options, { resend: true, connectivity: true, backoff: true })
  read.oneOf("resend", options.resend ?? "once", ["once", "never"])
  return Layer.effect(Tokens, make(options, Backoff.waits(options.backoff)))
}

const make = (
  { connectivity, resend = "once" }: Options,
  waits: Backoff.Waits,
): Effect.Effect<Tokens["Service"], never, DeviceAuthorization | TokenStore> =>
  Effect.gen(function* () {
    const device = yield* DeviceAuthorization
    const store = yield* TokenStore
    const turn = yield* Semaphore.make(1)
    let trouble: Trouble | undefined

    const give = (set: TokenSet): Token => {
      trouble = undefined
      return set.accessToken
    }

    const save = (next: TokenSet, token: Token): Effect.Effect<Outcome, TokenStoreError> =>
      Effect.suspend(() => {
        trouble = { _tag: "unsaved", token, next }
        return Effect.map(store.save(next), () => ({ token: give(next) }))
      })

    /** Discards the state in memory, because the store no longer contains a pair. */
    const signedOut = (): SignInNeeded => {
      trouble = undefined
      return notSignedIn()
    }

    const isOffline = (): boolean => connectivity !== undefined && !connectivity.gate.isOpen()

    /** Reads the saved pair. The result is `unknown` if the pair cannot be read. */
    const onFile = Effect.orElseSucceed(store.load, () => "unknown" as const)

    /**
     * Sends one refresh. An interruption waits at most 15 s for the response, because it may contain the only valid pair. If the refresh succeeds, the new pair is saved. If saving fails, the new pair is kept in memory as
     * unsaved.
     */
    const exchange = (set: TokenSet): Effect.Effect<Outcome, SignInNeeded | TokenStoreError> =>
      Grace.complete(
        Effect.gen(function* () {
          const spent = set.spent === "maybe" || resend === "never" ? "yes" : "maybe"
          if (set.refreshToken !== undefined) yield* store.save({ ...set, spent })
          // The network may have failed while the record was written. A request that waits for the network would leave the
          // record behind if the process is killed, and would hold the lock during the outage.
          const answer = isOffline() ? undefined : yield* Effect.result(device.refresh(set))
          const now = yield* onFile
          // A sign-in or sign-out during the refresh takes precedence.
          if (now === undefined) return yield* Effect.fail(signedOut())
          if (now !== "unknown" && !same(now.accessToken, set.accessToken)) return { token: give(now) }
          if (answer === undefined) {
            yield* Effect.ignore(store.save(set))
            return offline
          }
          if (Result.isSuccess(answer)) return yield* save(answer.success, set.accessToken)

          const error = answer.failure
          const meaning = error._tag === "RefreshUncertain" ? RefreshMeaning.unanswered : RefreshMeaning.of(error)
          const { action = RefreshMeaning.action[meaning.next], next: later, reason } = meaning
          // A record that cannot be removed costs at most one refresh.
          if (later !== "lost") yield* Effect.ignore(store.save(later === "sign-in" ? { ...set, spent: "yes" } : set))
          return { later, left: later !== "lost" || spent === "maybe", hint: error.verdict.retryAfter, reason, action }
        }),
        { atMost: Timeouts.request },
      )

    /** Makes one refresh attempt. The caller must hold the store's lock. */
    const attempt = (rejected: Token): Effect.Effect<Outcome, SignInNeeded | TokenStoreError> =>
      Effect.gen(function* () {
        const known = trouble
        if (known?._tag === "unsaved") {
          const now = yield* onFile
          if (now === undefined) return yield* Effect.fail(signedOut())
          return now === "unknown" || same(now.accessToken, known.token)
            ? yield* save(known.next, known.token)
            : { token: give(now) }
        }
        const set = yield* store.load
        if (set === undefined) return yield* Effect.fail(signedOut())
        // Another call, another process or a new sign-in has already replaced the pair.
        if (!same(set.accessToken, rejected)) return { token: give(set) }
        if (known?._tag === "ended" && same(known.token, rejected)) {
          return yield* Effect.fail(new SignInNeeded({ reason: known.reason, action: known.action, need: known.need }))
        }
        if (set.spent === "yes") {
          trouble = { _tag: "ended", token: rejected, ...over }
          return yield* Effect.fail(new SignInNeeded(over))
        }
        // The network failed while this call waited for the lock. It releases the lock for other processes.
        if (isOffline()) return offline
        return yield* exchange(set)
      })

    const refreshNow = (rejected: Token): Effect.Effect<Token, SignInNeeded> =>
      Effect.gen(function* () {
        let odd = false
        let wait = waits.base
        for (let n = 0; ; n++) {
          // An unsaved pair only has to be saved, which needs no network.
          if (trouble?._tag !== "unsaved" && connectivity !== undefined) yield* connectivity.gate.awaitOpen
          const outcome = yield* store.exclusive(attempt(rejected)).pipe(
            Effect.mapError((error) => {
              if (error._tag === "SignInNeeded") return error
              // A pair that has ended stays ended, whatever the disk does.
              if (trouble === undefined || !same(trouble.token, rejected))
                trouble = { _tag: "blocked", token: rejected }
              return fromStore(error)
            }),
          )
          if ("token" in outcome) return outcome.token
          const { action, hint, later, left, reason } = outcome
          if (later === "lost" ? !left : later !== "again" && (later !== "once" || odd)) {
            // If a setting is wrong, a new sign-in would not help, so the next caller gets the same error.
            const need = later === "client" ? "settings" : "sign-in"
            trouble = { _tag: "ended", token: rejected, ...(later === "client" ? { reason, action, need } : over) }
            return yield* Effect.fail(new SignInNeeded({ reason, action, need }))
          }
          odd = odd || later === "once"
          trouble = undefined
          // Keeps the last try until the server is available: the gate opens when the health service responds.
          if (later === "lost" && connectivity !== undefined) yield* connectivity.report(reason)
          wait = waits.wait(n, wait, yield* Random.next)
          const hinted = hint === undefined ? wait : Retry.hinted(wait, Duration.toMillis(hint), hintCap)
          yield* Effect.raceFirst(pause(hinted), replaced(rejected))
        }
      })

    /** Sleeps for the given duration, but wakes up early if this process saves a new sign-in. */
    const pause = (duration: Duration.Input): Effect.Effect<void> =>
      Effect.raceFirst(Stream.runDrain(Stream.take(store.changes, 1)), Effect.sleep(duration))

    /** Waits until another process has signed in or signed out. */
    const replaced = (rejected: Token): Effect.Effect<void> =>
      Effect.gen(function* () {
        while (true) {
          yield* Effect.sleep(lookEvery)
          const set = yield* onFile
          if (set !== "unknown" && (set === undefined || !same(set.accessToken, rejected))) return
        }
      })

    /**
     * Tries to recover: returns the token of a newer saved pair, or attempts the refresh again if the store failed earlier.
     */
    const look: Effect.Effect<Token | undefined> = Effect.gen(function* () {
      const set = yield* onFile
      if (set !== undefined && set !== "unknown" && (trouble === undefined || !same(set.accessToken, trouble.token)))
        return give(set)
      if (trouble === undefined || trouble._tag === "ended") return undefined
      return yield* Effect.orElseSucceed(refreshNow(trouble.token), () => undefined)
    })

    const signedIn: Effect.Effect<Token> = Effect.suspend(() =>
      Effect.flatMap(turn.withPermit(look), (token) =>
        token === undefined ? Effect.andThen(pause(lookEvery), signedIn) : Effect.succeed(token),
      ),
    )

    return {
      current: Effect.flatMap(Effect.mapError(store.load, fromStore), (set) =>
        set === undefined ? Effect.fail(notSignedIn()) : Effect.succeed(set.accessToken),
      ),
      refresh: (rejected) => turn.withPermit(refreshNow(rejected)),
      signedIn,
    }
  })

/** `layerWith` with default options: a refresh whose response was lost is sent once more. */
export const layer: Layer.Layer<Tokens, never, DeviceAuthorization | TokenStore> = layerWith({})
