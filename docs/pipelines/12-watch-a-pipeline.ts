import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import * as Telemetry from "@holdfast/core/Telemetry"
import { Console, Data, Effect, Metric, Random } from "effect"
import { PrometheusMetrics } from "effect/observability"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const breaker = CircuitBreaker.makeUnsafe({ name: "reel", consecutive: 2, open: "3 seconds" })

const reel = Pipeline.named(
  "reel",
  Pipeline.makeUnsafe(
    Pipeline.deadline("20 seconds"),
    Pipeline.retry({ attempts: 4 }),
    Pipeline.breaker(breaker),
    Pipeline.timeout("2 seconds"),
  ),
)

/** The first answer is a 503, the second never comes, and what comes later is a 503 again. */
const send = ({ number }: Pipeline.Attempt) =>
  number === 2 ? Effect.never : Effect.delay(Effect.fail(new Unavailable()), "300 millis")

export const main = Effect.gen(function* () {
  yield* Telemetry.watch(reel)
  const error = yield* Effect.flip(Pipeline.run(reel, send))

  yield* Console.log(`${error._tag}, after ${Timeline.of(error).length} attempts:\n`)
  yield* Console.log(`${Timeline.render(Timeline.of(error))}\n`)
  yield* Console.log(`${Timeline.chart(Timeline.of(error))}\n`)

  const metrics = yield* PrometheusMetrics.format({ metricNameMapper: PolicyMetrics.prometheusName })
  for (const line of metrics.split("\n").toSorted()) {
    if (line.startsWith("holdfast") && !line.includes("_bucket")) yield* Console.log(line)
  }
}).pipe(
  Effect.scoped,
  Effect.provide(Telemetry.layer()),
  // Metrics of this program alone: without this they are those of the whole process.
  Effect.provideServiceEffect(
    Metric.MetricRegistry,
    Effect.sync(() => new Map()),
  ),
  Random.withSeed("docs"),
)

if (import.meta.main) NodeRuntime.runMain(main)
