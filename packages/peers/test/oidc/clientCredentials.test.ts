import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Authorization, Tokens } from "@holdfast/core"
import { ClientCredentials, type ClientCredentialsOptions, ClientTokens } from "@holdfast/oauth"
import { Duration, Effect, Layer, Redacted } from "effect"
import { camera, desktop, kiosk, type OidcProvider, start } from "../../support/oidc/OidcProvider.ts"

/** Our client for a provider. */
const client = (
  provider: OidcProvider,
  { clientId, clientSecret }: typeof kiosk,
  options: Partial<ClientCredentialsOptions> = {},
) =>
  ClientCredentials.layer({
    tokenEndpoint: provider.tokenEndpoint,
    clientId,
    clientSecret: Redacted.make(clientSecret),
    ...options,
  }).pipe(Layer.provide(NodeHttpClient.layerUndici))

const request = ClientCredentials.use((service) => service.request)

const errors = ({ exchanges }: OidcProvider) => exchanges.map(({ error, grant }) => `${grant}: ${error || "tokens"}`)

describe.concurrent("a client of oidc-provider", () => {
  const clients = [
    ["in the Authorization header", kiosk, {}],
    ["in the body", desktop, { authentication: "post" }],
  ] as const
  it.live.each(clients)("gets a token with its credentials %s", ([, credentials, options]) =>
    Effect.gen(function* () {
      const provider = yield* start()
      const { accessToken, lifetime } = yield* request.pipe(Effect.provide(client(provider, credentials, options)))
      assert.isTrue(yield* provider.active(Redacted.value(accessToken)))
      assert.deepStrictEqual(lifetime, Duration.hours(1))
      assert.deepStrictEqual(errors(provider), ["client_credentials: tokens"])
    }).pipe(Effect.scoped),
  )

  it.live("sends one token request for fifty calls, and another one after the token is rejected", () =>
    Effect.gen(function* () {
      const provider = yield* start()
      const tokens = Layer.fresh(ClientTokens.layer).pipe(Layer.provide(client(provider, kiosk)))
      yield* Effect.gen(function* () {
        const { current, refresh } = yield* Tokens
        const found = yield* Effect.all(
          Array.from({ length: 50 }, () => current),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(new Set(found.map(Redacted.value)).size, 1)
        const fresh = yield* refresh(found[0]!)
        assert.notStrictEqual(Redacted.value(fresh), Redacted.value(found[0]!))
        assert.isTrue(yield* provider.active(Redacted.value(fresh)))
      }).pipe(Effect.provide(tokens))
      assert.deepStrictEqual(errors(provider), ["client_credentials: tokens", "client_credentials: tokens"])
    }).pipe(Effect.scoped),
  )

  it.live("renews a token halfway through its lifetime of 6 s, through the authorization gate", () =>
    Effect.gen(function* () {
      const provider = yield* start({ clientTokenLifetime: 6 })
      const tokens = Layer.fresh(ClientTokens.layer).pipe(Layer.provide(client(provider, kiosk)))
      yield* Effect.gen(function* () {
        const { gate, token } = yield* Authorization
        const first = Redacted.value(yield* token)
        yield* Effect.sleep("3.2 seconds")
        assert.strictEqual(Redacted.value(yield* token), first)
        yield* Effect.sleep("500 millis")
        const second = Redacted.value(yield* token)
        assert.notStrictEqual(second, first)
        assert.isTrue(gate.isOpen())
        assert.isTrue(yield* provider.active(second))
      }).pipe(Effect.provide(Layer.fresh(Authorization.layer).pipe(Layer.provide(tokens))))
      assert.strictEqual(provider.exchanges.length, 2)
    }).pipe(Effect.scoped),
  )

  const refusals: ReadonlyArray<
    readonly [what: string, tag: string, credentials: typeof kiosk, options: Partial<ClientCredentialsOptions>]
  > = [
    ["a wrong secret", "InvalidClient", { ...kiosk, clientSecret: "not the one of-the-tests" }, {}],
    ["an unknown client", "InvalidClient", { ...kiosk, clientId: "stranger" }, {}],
    ["a client without this grant", "UnauthorizedClient", camera, { authentication: "post" }],
    ["an unknown resource", "InvalidScope", kiosk, { parameters: { resource: "urn:example:elsewhere" } }],
  ]
  it.live.each(refusals)("does not reveal the secret in the error for %s", ([, tag, credentials, options]) =>
    Effect.gen(function* () {
      const provider = yield* start()
      const error = yield* Effect.flip(request).pipe(Effect.provide(client(provider, credentials, options)))
      assert.strictEqual(error._tag, tag)
      assert.strictEqual(error.verdict.retry, "never")
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "of-the-tests")
    }).pipe(Effect.scoped),
  )
})
