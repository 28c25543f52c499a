/**
 * Counts what a worker does, and serves the metrics to Prometheus on the loopback interface.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as PolicyMetrics from "@holdfast/core/PolicyMetrics"
import * as Telemetry from "@holdfast/core/Telemetry"
import type { UploadRunner } from "@holdfast/durable/cluster"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import type { Scope } from "effect/Scope"
import { createServer } from "node:http"
import { UsageError } from "../process/PersonError.ts"

const confirmedBytes = Metric.counter("holdfast_worker_confirmed_bytes_total", {
  description: "Bytes of chunks that the storage confirmed to this worker",
  incremental: true,
})

const uploads = Metric.counter("holdfast_worker_uploads_total", {
  description: "Uploads that ended on this worker, by outcome",
  incremental: true,
})

const partsInFlight = Metric.gauge("holdfast_worker_chunks_in_flight", {
  description: "Chunks that this worker is sending",
})

/** How often the number of chunks in flight is read. */
const every = "1 second"

/** Counts an event of the worker. */
export const count = (event: UploadRunner.RunnerEvent): Effect.Effect<void> => {
  const ended = (outcome: string) => Metric.update(Metric.withAttributes(uploads, { outcome }), 1)
  switch (event._tag) {
    case "Upload":
      return event.event._tag === "ChunkConfirmed" ? Metric.update(confirmedBytes, event.event.bytes) : Effect.void
    case "Done":
      return ended("done")
    case "Failed":
    case "Refused":
      return ended("failed")
    case "Canceled":
      return ended("canceled")
    default:
      return Effect.void
  }
}

/** Serves the metrics on a port of 127.0.0.1 until the scope closes, and returns the port. */
export const serve = (port: number, inFlight: Effect.Effect<number>): Effect.Effect<number, UsageError, Scope> =>
  Effect.gen(function* () {
    const routes = PrometheusMetrics.layerHttp({ metricNameMapper: PolicyMetrics.prometheusName })
    const server = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provideMerge(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })),
      Layer.catch(() =>
        Layer.effectContext(
          Effect.fail(
            new UsageError({
              problem: `port ${port} is in use`,
              remedy: "choose another port for --metrics, or 0 for any",
            }),
          ),
        ),
      ),
    )
    const services = yield* Layer.build(server)
    yield* Effect.forkScoped(
      Effect.forever(
        Effect.andThen(
          Effect.flatMap(inFlight, (count) => Metric.update(partsInFlight, count)),
          Effect.sleep(every),
        ),
      ),
    )
    const { address } = yield* Effect.provideContext(HttpServer.HttpServer, services)
    return address._tag === "InetAddressV4" ? address.port : port
  })

/** Records the metrics of the calls of a worker. */
export const calls: Layer.Layer<never> = Telemetry.layer()
