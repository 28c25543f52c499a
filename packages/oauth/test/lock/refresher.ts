/** A process that refreshes repeatedly: argv is the token file and the server. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { Tokens } from "@holdfast/core/Authorization"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import { TokenStore } from "@holdfast/oauth/TokenStore"

const [file = "", server = ""] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const tokens = yield* Tokens
  while (true) {
    yield* Effect.flatMap(tokens.current, tokens.refresh).pipe(
      // Runs until a person has signed in.
      Effect.catch(() => Effect.sleep("20 millis")),
    )
  }
}).pipe(
  Effect.provide(
    OAuthTokens.layer.pipe(
      Layer.provide([
        DeviceAuthorization.layer({
          deviceEndpoint: `${server}/code`,
          tokenEndpoint: `${server}/token`,
          clientId: "cam-1",
          scope: "offline",
          encoding: "form",
          headers: { "x-pid": String(process.pid) },
        }).pipe(Layer.provide(FetchHttpClient.layer)),
        TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer)),
      ]),
    ),
  ),
)

await Effect.runPromise(program)
