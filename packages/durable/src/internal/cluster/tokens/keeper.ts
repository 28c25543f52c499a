/**
 * Refreshes the tokens of a device on behalf of all runners.
 */
import { SignInNeeded, type Tokens } from "@holdfast/core/Authorization"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { DeviceSignInNeeded } from "./entity.ts"
import { digest } from "./store.ts"

/** How long a message waits for the refresh before it is answered with `pending`. */
const patience = Duration.seconds(5)

const typed = ({ action, need = "sign-in", reason }: SignInNeeded) => new DeviceSignInNeeded({ action, need, reason })

/** Returns the handler of `renew`. The refresh belongs to the scope, so it goes on if the runner that asked has ended. */
export const make = (
  tokens: Tokens["Service"],
  store: TokenStore["Service"],
): Effect.Effect<(rejected: string) => Effect.Effect<"renewed" | "pending", DeviceSignInNeeded>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let running: Deferred.Deferred<void, DeviceSignInNeeded> | undefined

    const refresh = Effect.fnUntraced(function* (token: Parameters<Tokens["Service"]["refresh"]>[0]) {
      const result = yield* Deferred.make<void, DeviceSignInNeeded>()
      running = result
      yield* tokens.refresh(token).pipe(
        Effect.asVoid,
        Effect.mapError(typed),
        Effect.onExit((exit) => {
          running = undefined
          return Deferred.done(result, exit)
        }),
        Effect.exit,
        Effect.forkIn(scope),
      )
      return result
    })

    return Effect.fnUntraced(function* (rejected: string) {
      const set = yield* Effect.mapError(store.load, ({ action, message }) =>
        typed(new SignInNeeded({ reason: message, action, need: "machine" })),
      )
      if (set === undefined) {
        return yield* new DeviceSignInNeeded({
          reason: "this device is not signed in",
          action: "pair it",
          need: "sign-in",
        })
      }
      if (digest(set.accessToken) !== rejected) return "renewed"
      const result = running ?? (yield* refresh(set.accessToken))
      const exit = yield* Effect.timeoutOption(Effect.exit(Deferred.await(result)), patience)
      if (Option.isNone(exit)) return "pending"
      if (Exit.isSuccess(exit.value)) return "renewed"
      const failure = Exit.findErrorOption(exit.value)
      // A keeper that is ending interrupts its refresh. The next keeper continues it.
      return Option.isSome(failure) ? yield* failure.value : "pending"
    })
  })
