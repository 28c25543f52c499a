import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Redirect } from "@holdfast/http"
import { Console, Effect, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"

/** Follows redirects whatever the request carries. */
const following = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, HttpClient.followRedirects()))

/** Stands for a client made of XMLHttpRequest: it answers, and nothing can ask it to leave redirects to its caller. */
const other = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response("ok"))))

const clients = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  following: following.pipe(Layer.provide(FetchHttpClient.layer)),
  other: Layer.succeed(HttpClient.HttpClient, other),
}

export const main = Effect.gen(function* () {
  for (const [name, client] of Object.entries(clients)) {
    const verified = Redirect.layer.pipe(Layer.provide(client))
    const result = yield* Effect.scoped(Layer.build(verified)).pipe(
      Effect.match({ onSuccess: () => "verified", onFailure: ({ reason }) => `refused: ${reason}` }),
    )
    yield* Console.log(`${name.padEnd(10)}${result}`)
  }
})

if (import.meta.main) NodeRuntime.runMain(main)
