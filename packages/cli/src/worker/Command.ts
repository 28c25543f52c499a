/**
 * `holdfast worker`
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Address from "../cluster/Address.ts"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Target from "../network/Target.ts"
import { UsageError } from "../process/PersonError.ts"
import * as DurationFlag from "../upload/DurationFlag.ts"
import * as ParallelFlag from "../upload/ParallelFlag.ts"
import * as Listen from "./Listen.ts"

const config = {
  database: Address.flag("The PostgreSQL database that all workers share"),
  redis: Flag.String("redis").pipe(
    Flag.withMetavar("url"),
    Flag.withDescription(
      "The Redis in which the workers share limits and the circuit of the API; without it, none are shared",
    ),
    Flag.optional,
  ),
  rate: Flag.Int("rate").pipe(
    Flag.withMetavar("n"),
    Flag.withDescription("Make at most n API calls a minute, all workers together (default: no limit)"),
    Flag.optional,
  ),
  api: CommonFlags.api("The API to send to"),
  listen: Flag.String("listen").pipe(
    Flag.withMetavar("host:port"),
    Flag.withDescription("Where the other workers reach this one, on a private network"),
    Flag.withDefault("127.0.0.1:0"),
  ),
  metrics: Flag.Int("metrics").pipe(
    Flag.withMetavar("port"),
    Flag.withDescription("Serve metrics for Prometheus on 127.0.0.1; 0 for any free port"),
    Flag.optional,
  ),
  parallel: ParallelFlag.flag,
  drainTime: Flag.String("drain-time").pipe(
    Flag.withMetavar("t"),
    Flag.withDescription("How long chunks in flight may take after a signal (default: 30s)"),
    Flag.withDefault("30s"),
  ),
  json: CommonFlags.json("Print one JSON event per line"),
}

type Input = Command.Command.Config.Infer<typeof config>

const handler = Effect.fnUntraced(function* (input: Input) {
  const refused = ParallelFlag.check(input.parallel)
  if (refused !== undefined) return yield* refused
  const database = yield* Address.resolve(input.database)
  if (database === undefined) {
    return yield* new UsageError({
      problem: "a worker needs a database",
      remedy: `set ${Address.variable}, or add --database postgres://USER@HOST:5432/NAME`,
    })
  }
  const redis = yield* Address.redis(input.redis)
  const rate = Option.getOrUndefined(input.rate)
  if (rate !== undefined && rate < 1) {
    return yield* new UsageError({ problem: `--rate ${rate} is less than 1`, remedy: "leave it out for no limit" })
  }
  const metrics = Option.getOrUndefined(input.metrics)
  if (metrics !== undefined && (metrics < 0 || metrics > 65_535)) {
    return yield* new UsageError({
      problem: `--metrics ${metrics} is not a valid port`,
      remedy: "choose a port from 0 to 65535",
    })
  }
  const listen = yield* Listen.parse(input.listen)
  const drainTime = yield* DurationFlag.parse("drain-time", input.drainTime)
  const target = yield* Target.resolve(input.api)
  const { serve } = yield* Effect.promise(() => import("../cluster/Serve.ts"))
  yield* serve({
    database,
    redis,
    rate,
    target,
    listen,
    metrics,
    parallel: input.parallel,
    drainTime,
    json: input.json,
  })
})

/** The command. */
export const command = Command.make("worker", config, handler).pipe(
  Command.withDescription(
    "Sends the uploads of a queue in PostgreSQL together with other workers. If a worker is lost, another one continues its uploads.",
  ),
  Command.withShortDescription("Upload from many machines"),
  Command.withExamples([
    {
      command: "holdfast worker --database postgres://holdfast@db/uploads",
      description: "Join the workers of a database",
    },
  ]),
)
