/**
 * Single requests through a pipeline: with each transport, the resilient client, and `fetch`.
 */
import { C2cError } from "@holdfast/c2c"
import { Pipeline } from "@holdfast/core"
import type { Classified } from "@holdfast/core/Verdict"
import { HttpPipeline, ResilientClient } from "@holdfast/http"
import { Clock, Effect, type Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { secret } from "../spellings.ts"
import { type Client, undici } from "./Client.ts"

const attempts = Pipeline.makeUnsafe(
  Pipeline.retry({ attempts: 2, backoff: { base: "100 millis" }, hintCap: "2 seconds" }),
  Pipeline.timeout("15 seconds"),
)

export const generic = (name: string, layer: Layer.Layer<HttpClient.HttpClient>, json: boolean): Client => ({
  name,
  run: (url, n) => {
    const token = secret("token", n)
    const key = secret("apikey", n)
    return {
      secrets: [token, key],
      effect: Effect.gen(function* () {
        const client = HttpPipeline.client(attempts, yield* HttpClient.HttpClient, { json })
        const request = HttpClientRequest.get(url).pipe(
          HttpClientRequest.bearerToken(token),
          HttpClientRequest.setHeader("x-api-key", key),
        )
        const response = yield* client.execute(request)
        return json ? yield* response.json : response.status
      }).pipe(Effect.provide(layer), Effect.scoped),
    }
  },
})

export const resilient: Client = {
  name: "resilient POST",
  run: (url, n) => {
    const token = secret("token", n)
    const body = secret("body", n)
    return {
      secrets: [token, body],
      effect: Effect.gen(function* () {
        const client = ResilientClient.make(yield* HttpClient.HttpClient, {
          decode: C2cError.fromResponse,
          json: true,
        })
        const request = HttpClientRequest.post(url).pipe(
          HttpClientRequest.bearerToken(token),
          HttpClientRequest.bodyJsonUnsafe({ password: body }),
        )
        return yield* Effect.flatMap(client.execute(request), (response) => response.json)
      }).pipe(Effect.provide(undici)),
    }
  },
}

export const fetching: Client = {
  name: "fetch",
  run: (url, n) => {
    const token = secret("token", n)
    return {
      secrets: [token],
      effect: Effect.flatMap(Clock.Clock, (clock) =>
        Effect.tryPromise({
          try: async (signal) => {
            const steady = HttpPipeline.fetch(attempts, undefined, {
              onStatus: "reject",
              context: Effect.runSync(Effect.provideService(Effect.context<never>(), Clock.Clock, clock)),
            })
            const answer = await steady(url, { headers: { authorization: `Bearer ${token}` }, signal })
            await answer.body?.cancel()
            return answer.status
          },
          // The suite checks that it is one.
          catch: (error) => error as Classified,
        }),
      ),
    }
  },
}
