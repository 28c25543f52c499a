import { NodeRuntime } from "@effect/platform-node"
import { DeviceAuthorization, Pairing, TokenStore } from "@holdfast/oauth"
import { Clock, Console, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

/** A provider that is not Frame.io: other endpoints, no secret, form bodies. */
const Provider = DeviceAuthorization.layer({
  deviceEndpoint: "https://login.example/device/code",
  tokenEndpoint: "https://login.example/token",
  clientId: "slate-7",
  scope: "upload offline",
  encoding: "form",
})

/** The answers of its server, in order. */
const script: Array<readonly [status: number, body: object]> = [
  [
    200,
    {
      device_code: "d-1",
      user_code: "WDJB-MJHT",
      verification_uri: "https://login.example",
      expires_in: 300,
      interval: 5,
    },
  ],
  [400, { error: "authorization_pending" }],
  [400, { error: "slow_down" }],
  [400, { error: "authorization_pending" }],
  [200, { access_token: "a-1", refresh_token: "r-1", token_type: "bearer", expires_in: 3600 }],
]

export const main = Effect.gen(function* () {
  const start = yield* Clock.currentTimeMillis
  const log = (text: string) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Console.log(`${String(Math.round((now - start) / 1000)).padStart(2)} s  ${text}`),
    )

  const answers = script.values()
  const Server = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.gen(function* () {
        const [status, body] = answers.next().value ?? [500, {}]
        yield* log(`${request.method} ${url.pathname}: ${status} ${"error" in body ? body.error : "ok"}`)
        return HttpClientResponse.fromWeb(request, Response.json(body, { status }))
      }),
    ),
  )

  const pair = Effect.gen(function* () {
    const tokens = yield* Pairing.run((code) => log(`enter ${code.userCode} at ${code.verificationUri}`))
    const onFile = yield* Effect.flatMap(TokenStore, (store) => store.load)
    yield* log(`on file: ${onFile !== undefined && Redacted.value(onFile.accessToken) === "a-1"}`)
    yield* log(`printed: ${tokens.accessToken}`)
  })
  yield* pair.pipe(Effect.provide([Provider.pipe(Layer.provide(Server)), TokenStore.layerMemory]))
})

if (import.meta.main) NodeRuntime.runMain(main)
