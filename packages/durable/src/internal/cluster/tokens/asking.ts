/**
 * The source of tokens on a runner, which asks the keeper of the device for a newer pair.
 */
import { SignInNeeded, type Tokens } from "@holdfast/core/Authorization"
import { same } from "@holdfast/oauth/TokenSet"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import type { TokenStoreError } from "@holdfast/oauth/TokenStoreError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type { DeviceSignInNeeded } from "./entity.ts"
import { digest } from "./store.ts"

type Token = Redacted.Redacted<string>

/** How long a runner waits for the keeper's answer, which takes at most 5 s. Then it asks again. */
const answerWait = Duration.seconds(10)

/** The wait after a message that was not answered. */
const askEvery = Duration.seconds(1)

/** The interval at which the table is read while a person has to act. */
export const lookEvery = Duration.seconds(5)

const notSignedIn = () => new SignInNeeded({ reason: "this device is not signed in", action: "pair it" })

const unreadable = ({ action, message }: TokenStoreError) =>
  new SignInNeeded({ reason: message, action, need: "machine" })

/** Returns the source of tokens of a device. */
export const make = (
  device: string,
  store: TokenStore["Service"],
  renew: (rejected: string) => Effect.Effect<"renewed" | "pending", unknown>,
): Tokens["Service"] => {
  /** The pair for which no newer one can be had without a person, and what the person has to do. */
  let refused: { readonly token: Token; readonly need: DeviceSignInNeeded["need"] } | undefined

  const stored = Effect.mapError(store.load, unreadable)

  /** Whether a failure is the keeper's answer, and not a failure of the cluster. */
  const isAnswer = (error: unknown): error is DeviceSignInNeeded =>
    typeof error === "object" && error !== null && "_tag" in error && error._tag === "DeviceSignInNeeded"

  const refresh = (rejected: Token): Effect.Effect<Token, SignInNeeded> =>
    Effect.gen(function* () {
      const of = digest(rejected)
      for (let unanswered = 0; ;) {
        const set = yield* stored
        if (set === undefined) return yield* notSignedIn()
        if (!same(set.accessToken, rejected)) return set.accessToken
        const exit = yield* Effect.exit(Effect.timeout(renew(of), answerWait))
        if (Exit.isSuccess(exit)) continue
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        if (isAnswer(error)) {
          const { action, need, reason } = error
          refused = { token: rejected, need }
          return yield* new SignInNeeded({ action, need, reason })
        }
        // The keeper moves to another runner within seconds after its runner has failed.
        if (unanswered++ % 10 === 2) {
          yield* Effect.logWarning(`the keeper of the tokens of device ${device} does not answer`)
        }
        yield* Effect.sleep(askEvery)
      }
    })

  const look: Effect.Effect<Token | undefined> = Effect.gen(function* () {
    const set = yield* Effect.orElseSucceed(store.load, () => undefined)
    if (set === undefined) return undefined
    if (refused === undefined || !same(set.accessToken, refused.token)) return set.accessToken
    // A fault of the database or of a setting may have passed, and the pair itself may still be valid.
    return refused.need === "sign-in" ? undefined : yield* Effect.orElseSucceed(refresh(refused.token), () => undefined)
  })

  const signedIn: Effect.Effect<Token> = Effect.flatMap(look, (token) =>
    token === undefined ? Effect.delay(signedIn, lookEvery) : Effect.succeed(token),
  )

  return {
    current: Effect.flatMap(stored, (set) =>
      set === undefined ? Effect.fail(notSignedIn()) : Effect.succeed(set.accessToken),
    ),
    refresh,
    signedIn,
  }
}
