/**
 * A runner of a cluster, as a process of its own. Arguments: the ports of the database, the sink and the runner, and the name of
 * the database. The environment contains the user and the password. It prints `ready` and what happens to its uploads.
 */
import { NodeClusterSocket, NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { PgClient } from "@effect/sql-pg"
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Journal } from "@holdfast/durable"
import { ClusterKnobs, DeviceClients, Dispatcher, UploadRunner } from "@holdfast/durable/cluster"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import { ClusterWorkflowEngine, RunnerAddress } from "effect/cluster"
import { HttpClient, HttpClientRequest } from "effect/http"
import { writeSync } from "node:fs"

const [databasePort = "", sinkPort = "", port = "", database = ""] = process.argv.slice(2)
const print = (line: string) => Effect.sync(() => void writeSync(1, `${line}\n`))

const Api = Layer.effect(
  C2cClient,
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient
    return {
      ...Context.get(yield* Layer.build(Layer.mock(C2cClient, {})), C2cClient),
      createAsset: (request, record) =>
        Effect.gen(function* () {
          if (record !== undefined) yield* record.before
          const body = { filesize: "filesize" in request ? request.filesize : 0 }
          const response = yield* client.execute(
            HttpClientRequest.post(`http://127.0.0.1:${sinkPort}/asset`).pipe(HttpClientRequest.bodyJsonUnsafe(body)),
          )
          const { id, urls } = (yield* response.json) as { readonly id: string; readonly urls: ReadonlyArray<string> }
          const uploadUrls = urls.map((url) => Redacted.make(url))
          return { id, name: String(request.name), uploadUrls, serverTime: undefined }
        }).pipe(Effect.catchTag("HttpClientError", Effect.die)),
    }
  }),
)

const Http = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.mapRequest(HttpClientRequest.setHeader("x-runner", String(process.pid))),
  ),
).pipe(Layer.provide(NodeHttpClient.layerUndici))

const Clients = Layer.effect(
  DeviceClients,
  Effect.map(Effect.context<RealtimeUploader | Uploader>(), (context) => ({
    of: () => Effect.succeed(Context.pick(RealtimeUploader, Uploader)(context)),
  })),
).pipe(
  Layer.provide(RealtimeUploader.layer),
  Layer.provide(Uploader.layer),
  Layer.provide([Api, Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))]),
  Layer.provide(Http),
)

const Database = PgClient.layer({
  host: "127.0.0.1",
  port: Number(databasePort),
  database,
  username: process.env["PGUSER"] ?? "",
  password: Redacted.make(process.env["PGPASSWORD"] ?? ""),
  maxConnections: 8,
})

const Cluster = ClusterWorkflowEngine.layer.pipe(
  Layer.provideMerge(
    NodeClusterSocket.layer({
      storage: "sql",
      shardingConfig: {
        ...ClusterKnobs.fastTakeOver,
        runnerAddress: Option.some(RunnerAddress.make("127.0.0.1", Number(port))),
      },
    }),
  ),
)

const onEvent = (event: UploadRunner.RunnerEvent) =>
  event._tag === "Upload" ? Effect.void : print(`${event._tag} ${event.record.id}`)

const Runner = Dispatcher.layer.pipe(
  Layer.provideMerge(UploadRunner.layerWith({ onEvent })),
  Layer.provide([Clients, Journal.layerSql({ path: database })]),
  Layer.provide(Cluster),
  Layer.provide(Database),
)

NodeRuntime.runMain(Layer.launch(Layer.effectDiscard(print("ready")).pipe(Layer.provide(Runner))))
