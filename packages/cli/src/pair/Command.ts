/**
 * `holdfast pair`
 */
import { C2cClient } from "@holdfast/c2c/C2cClient"
import * as Retry from "@holdfast/core/Retry"
import type { DeviceCode } from "@holdfast/oauth/DeviceCode"
import * as Pairing from "@holdfast/oauth/Pairing"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import * as StoreLock from "../signIn/StoreLock.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"

const config = {
  api: CommonFlags.api("The API to pair with"),
}

/**
 * Checks that the API can be reached. Because a user is waiting, a missing network is reported after a few attempts instead
 * of after a minute of retries.
 */
const reach = (api: string) =>
  Effect.gen(function* () {
    const client = yield* C2cClient
    yield* client.health.pipe(
      Effect.retry(Retry.policy({ attempts: 3 })),
      Effect.mapError((error) => Remedy.unreachable(api, error)),
    )
  })

/** Checks whether the token can be saved. The check runs before a user approves the code. */
const writable = (api: string) =>
  TokenStore.use((store) =>
    Effect.mapError(StoreLock.exclusive(store, Effect.void), (error) => Remedy.tokenStore(error, api)),
  )

const handler = Effect.fnUntraced(function* (input: { readonly api: string }) {
  const output = yield* Output
  const style = Style.make(output.stderr.canColor)
  const target = yield* Target.resolve(input.api)
  const file = yield* Target.tokenFile(target)
  const show = (code: DeviceCode) =>
    Effect.gen(function* () {
      const left = code.expiresAt - (yield* Clock.currentTimeMillis)
      yield* output.message("")
      yield* output.message(`  open   ${style.bold(code.verificationUri)}`)
      yield* output.message(`  enter  ${style.bold(code.userCode)}`)
      yield* output.message("")
      yield* output.message(style.dim(`  waiting for approval; the code expires in ${Format.span(left)}`))
    })
  yield* reach(target.config.api).pipe(
    Effect.andThen(writable(target.config.api)),
    Effect.andThen(Effect.mapError(Pairing.run(show), Remedy.pairingFailure)),
    Effect.provide(Client.remote(target, file)),
  )
  yield* output.data(`paired with ${target.host}`)
  yield* output.message(style.dim(`the token is in ${file}, which only you can read`))
})

/** The command. */
export const command = Command.make("pair", config, handler).pipe(
  Command.withDescription("Shows a code, waits for approval, and saves the token in a file with mode 0600."),
  Command.withShortDescription("Pair this device with an account"),
)
