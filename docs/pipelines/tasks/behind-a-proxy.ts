import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { EnvHttpProxyAgent } from "@effect/platform-node/Undici"
import { Pipeline } from "@holdfast/core"
import { HttpPipeline } from "@holdfast/http"
import { Console, Effect, Layer } from "effect"
import { HttpClient } from "effect/http"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** A client that sends every request through a proxy. Without options the agent reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
const throughProxy = (options?: EnvHttpProxyAgent.Options) =>
  NodeHttpClient.layerUndiciNoDispatcher.pipe(
    Layer.provide(
      Layer.effect(
        NodeHttpClient.Dispatcher,
        Effect.acquireRelease(
          Effect.sync(() => new EnvHttpProxyAgent(options)),
          (agent) => Effect.promise(() => agent.destroy()),
        ),
      ),
    ),
  )

/** Stands for the company's proxy: it answers by itself, once with a demand for a password. */
const proxy = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
    let requests = 0
    const server = createServer((request, response) => {
      response.statusCode = requests++ === 0 ? 200 : 407
      response.end(`the proxy got ${request.method} ${request.url}`)
    }).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
    })
  }),
  ({ close }) => Effect.sync(close),
)

const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout("15 seconds"))

const program = Effect.gen(function* () {
  const client = HttpPipeline.client(pipeline, yield* HttpClient.HttpClient)
  const answer = yield* client.get("http://api.example/clips")
  yield* Console.log(yield* answer.text)
  const error = yield* Effect.flip(client.get("http://api.example/clips"))
  yield* Console.log(`${error._tag}, change: ${error.verdict.change}, retry: ${error.verdict.retry}`)
})

export const main = Effect.gen(function* () {
  const { url } = yield* proxy
  yield* program.pipe(Effect.provide(throughProxy({ httpProxy: url, noProxy: "localhost" })))
}).pipe(Effect.scoped)

if (import.meta.main) NodeRuntime.runMain(main)
