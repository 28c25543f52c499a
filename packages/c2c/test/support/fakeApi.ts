/** A scripted C2C API without sockets. It follows TestClock and records every request. */
import { C2c, C2cConfig } from "@holdfast/c2c"
import { TokenStore } from "@holdfast/oauth"
import { Clock, Duration, Effect, Layer, Random, Redacted } from "effect"
import { HttpClient, HttpClientError, type HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"

export interface Seen {
  readonly at: number
  readonly route: string
  readonly headers: Readonly<Record<string, string>>
  readonly bearer: string | undefined
  readonly body: string
}

/** `n` is the number of the request to the same route, from 0. `reset` is a connection that ends before a response. */
export type Script = (route: string, n: number, seen: Seen) => Response | "reset" | "refused" | "hang" | undefined

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } })

export const simple = (status: number, error: string): Response => json(status, { error })

export const detailed = (status: number, message: string): Response =>
  json(status, { code: status, errors: [{ code: status, detail: "…", status, title: message }], message })

/** The responses of a healthy API. */
const calm = (route: string): Response => {
  switch (route) {
    case "GET /health":
      return json(200, { ok: true })
    case "GET /v2/devices/me":
      return json(200, { id: "d1", channels: [{ id: "c0", external_index: 0 }] })
    case "POST /v2/devices/heartbeat":
      return new Response(null, { status: 204 })
    case "POST /v2/devices/assets":
      return json(201, { id: "a1", name: "A001.mov", upload_urls: ["https://s3.example/1", "https://s3.example/2"] })
    default:
      return new Response("", { status: 404 })
  }
}

export const make = (script: Script) => {
  const seen: Array<Seen> = []
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const route = `${request.method} ${url.pathname}`
      const bearer = request.headers["authorization"]
      const entry = { at: yield* Clock.currentTimeMillis, route, headers: request.headers, bearer, body: text(request) }
      const n = seen.filter((other) => other.route === route).length
      seen.push(entry)
      const answer = script(route, n, entry) ?? calm(route)
      if (answer === "hang") return yield* Effect.never
      if (answer === "reset" || answer === "refused") {
        const code = answer === "reset" ? "ECONNRESET" : "ECONNREFUSED"
        const cause = Object.assign(new Error(code), { code })
        return yield* new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({ request, cause }),
        })
      }
      return HttpClientResponse.fromWeb(request, answer)
    }),
  )
  const to = (route: string) => seen.filter((entry) => entry.route === route)
  return { client, seen, to, times: (route: string) => to(route).map(({ at }) => at / 1000) }
}

export type FakeApi = ReturnType<typeof make>

export const config = C2cConfig.layer({
  api: "https://api.example",
  clientVersion: "2.0.0",
  clientId: "Some-Client-ID",
  clientSecret: Redacted.make("secret"),
})

/** The tokens of a paired device. */
export const paired = Layer.effectDiscard(
  Effect.flatMap(TokenStore, (store) =>
    store.save({
      accessToken: Redacted.make("access-1"),
      refreshToken: Redacted.make("refresh-1"),
      expiresAt: 8 * 3_600_000,
    }),
  ),
).pipe(Layer.provideMerge(TokenStore.layerMemory))

/** The complete client over the scripted API, already paired. */
export const layer = (api: FakeApi, store = paired) =>
  C2c.layer.pipe(Layer.provideMerge(Layer.mergeAll(config, store, Layer.succeed(HttpClient.HttpClient, api.client))))

/** Pins the jitter to the top of its range, so that waits equal the delays of the table. */
export const noJitter = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })

/**
 * Advances virtual time in small steps. Reading a web `Response` takes turns of the real event loop, during which `adjust`
 * would skip ahead to the next sleeper.
 */
export const advance = (duration: Duration.Input): Effect.Effect<void> =>
  Effect.gen(function* () {
    const step = 100
    for (let left = Duration.toMillis(duration); left > 0; left -= step) {
      yield* turns
      yield* TestClock.adjust(Math.min(step, left))
    }
    yield* turns
  })

const turns = Effect.promise(async () => {
  for (let n = 0; n < 8; n++) await new Promise((resolve) => setImmediate(resolve))
})

const text = ({ body }: HttpClientRequest.HttpClientRequest): string => {
  switch (body._tag) {
    case "Uint8Array":
      return new TextDecoder().decode(body.body)
    case "FormData":
      return JSON.stringify([...body.formData.entries()])
    default:
      return ""
  }
}
