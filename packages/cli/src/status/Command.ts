/**
 * `holdfast status`
 */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Target from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import * as ExitCode from "../process/ExitCode.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as PairingStatus from "./PairingStatus.ts"

const config = {
  api: CommonFlags.api("The API to ask"),
  json: CommonFlags.json("Print one line of JSON"),
}

type Input = Command.Command.Config.Infer<typeof config>

/**
 * The value of the `paired` field in the JSON output. `null` means that the command cannot determine whether the device is
 * paired.
 */
const paired: Readonly<Record<PairingStatus.PairingStatus["state"], boolean | null>> = {
  paired: true,
  "token-ended": true,
  "not-paired": false,
  unknown: null,
}

const words: Readonly<Record<PairingStatus.PairingStatus["state"], string>> = {
  paired: "paired",
  "token-ended": "paired (the access token has expired; the next use refreshes it)",
  "not-paired": "not paired",
  unknown: "unknown",
}

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const target = yield* Target.resolve(input.api)
  const api = target.config.api
  const { device, project, reachable, state, status, trouble } = yield* PairingStatus.look(
    target,
    yield* Target.tokenFile(target),
  )
  const outcome = trouble?.outcome ?? "ok"
  if (input.json) {
    yield* output.json({
      type: "status",
      api,
      reachable,
      paired: paired[state],
      state,
      device: device ?? null,
      project: project ?? null,
      status: status ?? null,
      problem: trouble?.problem ?? null,
      exitCode: ExitCode.code(outcome),
    })
  } else {
    const style = Style.make(output.stdout.canColor)
    const word = paired[state] === true ? style.good(words[state]) : style.bad(words[state])
    yield* output.data(`api      ${api}`)
    yield* output.data(`network  ${reachable ? style.good("reachable") : style.bad("not reachable")}`)
    yield* output.data(`pairing  ${word}`)
    if (device !== undefined) yield* output.data(`device   ${device}`)
    if (project !== undefined) yield* output.data(`project  ${project}`)
    if (status !== undefined) {
      const words = status === "paused" ? "paused in Frame.io; new files wait until a person resumes it there" : status
      yield* output.data(`status   ${status === "paused" ? style.wait(words) : words}`)
    }
  }
  if (trouble !== undefined) {
    const style = Style.make(output.stderr.canColor)
    const about = state === "unknown" ? "cannot determine whether this device is paired: " : ""
    yield* output.message(`${style.bad("holdfast:")} ${about}${trouble.problem}; ${trouble.remedy}`)
  }
  yield* Ended.end(outcome)
})

/** The command. */
export const command = Command.make("status", config, handler).pipe(
  Command.withDescription("Checks whether the API responds and whether this device is paired. Changes nothing."),
  Command.withShortDescription("Check the API and the pairing"),
)
