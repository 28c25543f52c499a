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
import * as Flag from "effect/cli/Flag"
import * as Layer from "effect/Layer"
import * as Address from "../cluster/Address.ts"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import { UsageError } from "../process/PersonError.ts"
import * as StoreLock from "../signIn/StoreLock.ts"
import * as Format from "../terminal/Format.ts"
import * as Move from "./Move.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"

const config = {
  api: CommonFlags.api("The API to pair with"),
  database: Address.flag("Save the token in PostgreSQL, for the workers of a cluster"),
  device: Flag.String("device").pipe(
    Flag.withMetavar("name"),
    Flag.withDescription("The device of the cluster to pair (default: default)"),
    Flag.withDefault(Target.defaultDevice),
  ),
  import: Flag.Boolean("import").pipe(
    Flag.withDescription("Move the pairing of this machine to the database, instead of pairing again"),
    Flag.withDefault(false),
  ),
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

type Input = Command.Command.Config.Infer<typeof config>

/** Opens the store of a device in the database. The client of the database is loaded only here. */
const shared = (database: Address.Address, device: string) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("../cluster/Connection.ts")),
      ({ tokenStore }) => tokenStore(database, device),
    ),
  )

const check = ({ device, ...input }: Input, database: Address.Address | undefined): UsageError | undefined => {
  if (database !== undefined) return undefined
  const flag = input.import ? "--import" : device === Target.defaultDevice ? undefined : "--device"
  return flag === undefined
    ? undefined
    : new UsageError({ problem: `${flag} needs a database`, remedy: "add --database postgres://USER@HOST:5432/NAME" })
}

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const style = Style.make(output.stderr.canColor)
  const target = Target.asDevice(yield* Target.resolve(input.api), input.device)
  const file = yield* Target.tokenFile(target)
  const database = yield* Address.resolve(input.database)
  const wrong = check(input, database)
  if (wrong !== undefined) return yield* wrong
  const local = Client.tokenStore(file, target.config.api)
  const store = database === undefined ? local : shared(database, input.device)
  if (database !== undefined && input.import) {
    yield* Move.move(target.config.api, local, store)
    yield* output.data(
      `the device ${input.device} of ${database.shown} has the pairing of this machine with ${target.host}`,
    )
    return yield* output.message(style.dim("this machine is no longer paired"))
  }
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
    Effect.provide(Client.remoteWith(target, store)),
  )
  if (database !== undefined) {
    return yield* output.data(`the device ${input.device} of ${database.shown} is paired with ${target.host}`)
  }
  yield* output.data(`paired with ${target.host}`)
  yield* output.message(style.dim(`the token is in ${file}, which only you can read`))
})

/** The command. */
export const command = Command.make("pair", config, handler).pipe(
  Command.withDescription("Shows a code, waits for approval, and saves the token in a file with mode 0600."),
  Command.withShortDescription("Pair this device with an account"),
)
