/**
 * `holdfast status`
 */
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { frameIo } from "@holdfast/c2c/C2cConfig"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import { Authorization } from "@holdfast/core/Authorization"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Client from "./Client.ts"
import * as Ended from "./Ended.ts"
import * as Remedy from "./Remedy.ts"
import { Output } from "./Output.ts"
import type { Outcome } from "./ExitCode.ts"
import * as Style from "./Style.ts"
import * as Target from "./Target.ts"

const config = {
  api: Flag.String("api").pipe(
    Flag.withMetavar("url"),
    Flag.withDescription("The API to ask"),
    Flag.withDefault(frameIo),
  ),
  json: Flag.Boolean("json").pipe(Flag.withDescription("Print one line of JSON"), Flag.withDefault(false)),
}

type Input = Command.Command.Config.Infer<typeof config>

/** What is known of a target; the device is known only when both others are well. */
interface Status {
  readonly reachable: boolean
  readonly paired: boolean
  readonly device: string | undefined
  readonly problem: string | undefined
}

const look = Effect.gen(function* () {
  const client = yield* C2cClient
  const store = yield* TokenStore
  const tokens = yield* Effect.mapError(store.load, Remedy.tokenStore)
  const health = yield* Effect.result(client.health)
  const known = { reachable: Result.isSuccess(health), paired: tokens !== undefined, device: undefined }
  if (Result.isFailure(health)) {
    return { ...known, problem: `cannot reach the API (${health.failure.message.replace(/\s+/g, " ")})` }
  }
  if (tokens === undefined) return { ...known, problem: "no token on file" }
  // The gates would wait for a person or a network; a status is asked for now.
  const { gate } = yield* Authorization
  const personNeeded = gate.changes.pipe(
    Stream.filter((state) => state._tag === "NeedsHuman"),
    Stream.take(1),
    Stream.runDrain,
    Effect.andThen(Effect.fail("nobody is signed in" as const)),
  )
  const device = yield* client.me.pipe(Effect.raceFirst(personNeeded), Effect.timeout(Timeouts.request), Effect.result)
  return Result.isSuccess(device)
    ? { ...known, device: device.success.name ?? device.success.id, problem: undefined }
    : { ...known, paired: false, problem: "the token on file is not accepted" }
})

const outcomeOf = (status: Status): Outcome => (!status.reachable ? "temporary" : status.paired ? "ok" : "pairing")

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const target = yield* Target.resolve(input.api)
  const api = target.config.api
  const file = yield* Target.tokenFile(target)
  const status: Status = yield* look.pipe(Effect.provide(Client.remote(target, file)))
  const outcome = outcomeOf(status)
  if (input.json) {
    const { reachable, paired, device, problem } = status
    yield* output.json({ type: "status", api, reachable, paired, device: device ?? null, problem: problem ?? null })
  } else {
    const style = Style.make(output.stdout.canColor)
    const mark = (well: boolean, yes: string, no: string) => (well ? style.good(yes) : style.bad(no))
    yield* output.data(`api      ${api}`)
    yield* output.data(`network  ${mark(status.reachable, "reachable", "not reachable")}`)
    yield* output.data(`pairing  ${mark(status.paired, "paired", "not paired")}`)
    if (status.device !== undefined) yield* output.data(`device   ${status.device}`)
  }
  if (outcome !== "ok") {
    const remedy = outcome === "pairing" ? `run holdfast pair --api ${api}` : "check the network and --api"
    const style = Style.make(output.stderr.canColor)
    yield* output.message(`${style.bad("holdfast:")} ${status.problem ?? "not ready"}; ${remedy}`)
  }
  yield* Ended.end(outcome)
})

/** The command. */
export const command = Command.make("status", config, handler).pipe(
  Command.withDescription("Says whether the API can be reached and whether this device is paired with it."),
  Command.withShortDescription("Ask whether everything is ready"),
)
