/**
 * `holdfast sandbox`
 */
import * as FaultPlan from "@holdfast/sandbox/FaultPlan"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import { UsageError } from "../process/PersonError.ts"

const config = {
  port: Flag.Int("port").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("The port on 127.0.0.1; 0 for any free port"),
    Flag.withDefault(0),
  ),
  faults: Flag.String("faults").pipe(
    Flag.withMetavar("plan"),
    Flag.withDescription(`Faults: ${FaultPlan.names.join(", ")} or a JSON file`),
    Flag.withDefault("calm"),
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("Replay the faults that this seed generates"),
    Flag.withDefault(1),
  ),
  json: CommonFlags.json("Print one JSON event per line; the first event contains the address"),
}

type Input = Command.Command.Config.Infer<typeof config>

const handler = Effect.fnUntraced(function* (input: Input) {
  if (input.port < 0 || input.port > 65_535) {
    return yield* new UsageError({
      problem: `--port ${input.port} is not a valid port`,
      remedy: "choose a port from 0 to 65535",
    })
  }
  const { serve } = yield* Effect.promise(() => import("./Serve.ts"))
  return yield* serve(input)
})

/** The command. */
export const command = Command.make("sandbox", config, handler).pipe(
  Command.withDescription("Runs a Camera to Cloud server on this machine, with faults that a seed reproduces."),
  Command.withShortDescription("Run a server for experiments"),
  Command.withExamples([
    { command: "holdfast sandbox --faults storm --port 8080", description: "A server that misbehaves" },
  ]),
)
