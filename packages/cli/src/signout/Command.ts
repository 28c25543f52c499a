/**
 * `holdfast signout`
 */
import * as C2c from "@holdfast/c2c/C2c"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import type { TokenSet } from "@holdfast/oauth/TokenSet"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Command from "effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import * as StoreLock from "../signIn/StoreLock.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"

/**
 * The time limit for revoking the tokens. The limit is short because the user is waiting and because the tokens are removed
 * from this machine even if the server does not respond.
 */
const patience = Duration.seconds(30)

const config = {
  api: CommonFlags.api("The API to sign out of"),
  json: CommonFlags.json("Print one line of JSON"),
}

type Input = Command.Command.Config.Infer<typeof config>

/** The result of a sign-out. `revoked` is `undefined` if there were no tokens to revoke. */
interface Done {
  readonly removed: boolean
  readonly revoked?: boolean
  readonly problem?: string
  readonly outcome: Outcome
}

/** Revokes the tokens. The effect never fails. If the revocation fails, the result contains the problem. */
const revoke = (tokens: TokenSet): Effect.Effect<Omit<Done, "removed">, never, DeviceAuthorization> =>
  DeviceAuthorization.use((device) => device.revoke(tokens)).pipe(
    Effect.timeoutOption(patience),
    Effect.match({
      onSuccess: Option.match({
        onSome: () => ({ revoked: true, outcome: "ok" as const }),
        onNone: () => ({
          revoked: false,
          problem: `no response within ${Duration.toSeconds(patience)} s`,
          outcome: "temporary" as const,
        }),
      }),
      onFailure: (error) => {
        const outcome = Remedy.outcomeOf(error)
        // A rejected client is a problem of this program, and pairing again would not revoke the tokens.
        return { revoked: false, problem: error.message, outcome: outcome === "pairing" ? "refused" : outcome }
      },
    }),
  )

const nothing: Done = { removed: false, outcome: "ok" }

/**
 * Ends the pairing while holding the lock of the token store, because a concurrent refresh would otherwise leave a new token
 * pair behind.
 */
const signOut = Effect.gen(function* () {
  const store = yield* TokenStore
  const end = Effect.gen(function* () {
    const found = yield* Effect.result(store.load)
    if (Result.isFailure(found) && found.failure._tag !== "TokensCorrupt") return yield* Effect.fail(found.failure)
    if (Result.isSuccess(found) && found.success === undefined) return nothing
    const done = Result.isSuccess(found) && found.success !== undefined ? yield* revoke(found.success) : unreadable
    yield* store.clear
    return { ...done, removed: true }
  })
  // Does not create a lock file on a machine that was never paired.
  const paired = yield* Effect.match(store.load, {
    onSuccess: (tokens) => tokens !== undefined,
    onFailure: () => true,
  })
  return paired ? yield* StoreLock.exclusive(store, end, { saves: false }) : nothing
})

const unreadable: Omit<Done, "removed"> = {
  revoked: false,
  problem: "the saved sign-in was damaged",
  outcome: "local",
}

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const target = yield* Target.resolve(input.api)
  const file = yield* Target.tokenFile(target)
  const { outcome, problem, removed, revoked } = yield* signOut.pipe(
    Effect.mapError((error) => Remedy.tokenStore(error, target.config.api)),
    Effect.provide(
      C2c.deviceAuthorization.pipe(
        Layer.provide(Client.asking(target)),
        Layer.merge(Client.tokenStore(file, target.config.api)),
        Layer.fresh,
      ),
    ),
  )
  if (input.json) {
    yield* output.json({
      type: "signout",
      api: target.config.api,
      removed,
      revoked: revoked ?? null,
      problem: problem ?? null,
      exitCode: ExitCode.code(outcome),
    })
  } else if (!removed) {
    yield* output.data(`not paired with ${target.host}`)
  } else {
    yield* output.data(`signed out of ${target.host}${revoked === true ? "; the tokens are revoked" : ""}`)
  }
  if (problem !== undefined) {
    const style = Style.make(output.stderr.canColor)
    yield* output.message(
      `${style.bad("holdfast:")} the tokens are removed from this machine but not revoked (${problem.replace(/\s+/g, " ").trim()}); remove the device in Frame.io`,
    )
  }
  yield* Ended.end(outcome)
})

/** The command. */
export const command = Command.make("signout", config, handler).pipe(
  Command.withDescription(
    "Revokes this device's tokens and removes them from this machine, even if the revocation fails.",
  ),
  Command.withShortDescription("End the pairing of this device"),
)
