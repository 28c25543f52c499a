import { NodeRuntime } from "@effect/platform-node"
import { Authorization, Pipeline, Verdict } from "@holdfast/core"
import { ClientCredentials, ClientTokens } from "@holdfast/oauth"
import { Console, Data, Effect, Layer, Redacted, Stream } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"

class Unauthorized extends Data.TaggedError("Unauthorized") {
  readonly verdict = Verdict.once({ closes: "authorization", change: "token" })
}

/** The sign-in server: every request gets a new token. It lives for 10 s here, so that the program ends soon. */
let issued = 0
const SignInServer = Layer.succeed(
  HttpClient.HttpClient,
  HttpClient.make((request) =>
    Effect.gen(function* () {
      yield* Effect.sleep("100 millis")
      yield* Console.log(`${request.method} ${request.url}: token-${++issued}`)
      const answer = { access_token: `token-${issued}`, token_type: "Bearer", expires_in: 10 }
      return HttpClientResponse.fromWeb(request, Response.json(answer))
    }),
  ),
)

/** The API. It revokes the first token early. */
let revoked = ""
const send = (token: Redacted.Redacted<string> | undefined) =>
  Effect.suspend(() =>
    token === undefined || Redacted.value(token) === revoked
      ? Effect.fail(new Unauthorized())
      : Effect.succeed(Redacted.value(token)),
  )

const AuthorizationLive = Authorization.layer.pipe(
  Layer.provide(ClientTokens.layer),
  Layer.provide(
    ClientCredentials.layer({
      tokenEndpoint: "https://login.example/token",
      clientId: "billing",
      clientSecret: Redacted.make("from your secret store"),
      scope: "invoices:read",
      parameters: { audience: "https://api.example" },
    }),
  ),
  Layer.provide(SignInServer),
)

export const main = Effect.gen(function* () {
  const authorization = yield* Authorization
  // Without a deadline, calls wait at the gate for as long as the sign-in server issues no token.
  const pipeline = Pipeline.makeUnsafe(
    Pipeline.deadline("1 minute"),
    Pipeline.retry(),
    Pipeline.gates({ authorization }),
  )
  // Why calls wait: the reason that the gate gives.
  yield* authorization.gate.changes.pipe(
    Stream.runForEach((state) => (state._tag === "Open" ? Effect.void : Console.log(`gate closed: ${state.reason}`))),
    Effect.forkScoped({ startImmediately: true }),
  )
  const hundred = Effect.all(
    Array.from({ length: 100 }, () => Pipeline.run(pipeline, ({ token }) => send(token))),
    { concurrency: "unbounded" },
  ).pipe(Effect.flatMap((used) => Console.log(`100 calls: ${[...new Set(used)].join(", ")}`)))

  yield* hundred
  revoked = "token-1"
  yield* hundred
  yield* Effect.sleep("6 seconds")
  yield* hundred
  yield* Effect.sleep("1 second")
  yield* hundred
}).pipe(Effect.scoped, Effect.provide(AuthorizationLive))

if (import.meta.main) NodeRuntime.runMain(main)
