/**
 * `holdfast sandbox`
 */
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import { Sandbox } from "@holdfast/sandbox/Sandbox"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Client from "../network/Client.ts"
import { UsageError } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"

const config = {
  port: Flag.Int("port").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("The port on 127.0.0.1; 0 for any free one"),
    Flag.withDefault(0),
  ),
  faults: Flag.String("faults").pipe(
    Flag.withMetavar("plan"),
    Flag.withDescription(`Faults: ${FaultPlan.names.join(", ")} or a JSON file`),
    Flag.withDefault("calm"),
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("Replay the faults of this seed"),
    Flag.withDefault(1),
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Print one JSON event a line; the first has the address"),
    Flag.withDefault(false),
  ),
}

type Input = Command.Command.Config.Infer<typeof config>

const serve = (input: Input) =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    if (input.json) {
      yield* output.json({ type: "listening", url: sandbox.url, faults: input.faults, seed: input.seed })
    } else {
      yield* output.data(sandbox.url)
      yield* output.message(
        style.dim(`faults ${input.faults}, seed ${input.seed}; Ctrl-C ends it and removes its files`),
      )
      yield* output.message(`  pair     holdfast pair --api ${sandbox.url}`)
      yield* output.message(`  approve  ${sandbox.url}/device`)
      yield* output.message(`  upload   holdfast upload --api ${sandbox.url} FILE`)
    }
    return yield* Stream.runForEach(sandbox.events, (fault) => {
      return input.json
        ? output.json({ type: "fault", ...fault })
        : output.message(`${style.dim(Format.timeOfDay(fault.at))}  ${fault.message}`)
    }).pipe(Effect.andThen(Effect.never))
  })

const handler = Effect.fnUntraced(function* (input: Input) {
  if (input.port < 0 || input.port > 65_535) {
    return yield* new UsageError({
      problem: `--port ${input.port} is not a port`,
      remedy: "choose one from 0 to 65535",
    })
  }
  return yield* serve(input).pipe(Effect.provide(Client.sandbox(input)))
})

/** The command. */
export const command = Command.make("sandbox", config, handler).pipe(
  Command.withDescription("A Camera to Cloud server on this machine; its faults replay by their seed."),
  Command.withShortDescription("Run a server to try things on"),
  Command.withExamples([
    { command: "holdfast sandbox --faults storm --port 8080", description: "A server that misbehaves" },
  ]),
)
