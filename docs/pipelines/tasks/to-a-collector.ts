import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Telemetry, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Layer, Random } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { Otlp } from "effect/observability"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

const reels = Pipeline.named(
  "reels",
  Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout("5 seconds")),
)

/** The program: it knows nothing of telemetry. */
const program = Pipeline.run(reels, ({ number }) => (number < 3 ? Effect.fail(new Unavailable()) : Effect.succeed(42)))

/** Spans, metrics and the gauges of the policies, sent to an OpenTelemetry collector. */
const ToCollector = Layer.mergeAll(
  Telemetry.layer(),
  Layer.effectDiscard(Telemetry.watch(reels)),
  Otlp.layerJson({ baseUrl: "http://127.0.0.1:4318", resource: { serviceName: "uploader" } }),
)

/** Stands for the collector. In a program, provide `FetchHttpClient.layer`. */
const collector = HttpClient.make((request, url) =>
  Effect.gen(function* () {
    const sent = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "{}"
    const names = [...sent.matchAll(/"name":"(reels [^"]+|retry\.[^"]+|holdfast[^"]+)"/g)].map(([, name]) => name)
    yield* Console.log(`${url.pathname}: ${[...new Set(names)].join(", ")}`)
    return HttpClientResponse.fromWeb(request, new Response("{}"))
  }),
)

export const main = program.pipe(
  Effect.provide(ToCollector),
  Effect.provideService(HttpClient.HttpClient, collector),
  Random.withSeed("docs"),
)

if (import.meta.main) NodeRuntime.runMain(main)
