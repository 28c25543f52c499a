import { NodeFileSystem, NodeHttpClient, NodePath } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Tokens } from "@holdfast/core"
import {
  DeviceAuthorization,
  type DeviceAuthorizationOptions,
  type DeviceCode,
  OAuthTokens,
  Pairing,
  TokenStore,
} from "@holdfast/oauth"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { camera, desktop, type OidcProvider, start } from "../../support/oidc/OidcProvider.ts"
import * as Person from "../../support/oidc/Person.ts"

/** Our client for a provider. */
const client = (provider: OidcProvider, options: Partial<DeviceAuthorizationOptions> = {}) =>
  DeviceAuthorization.layer({
    deviceEndpoint: provider.deviceEndpoint,
    tokenEndpoint: provider.tokenEndpoint,
    revokeEndpoint: provider.revokeEndpoint,
    clientId: camera.clientId,
    clientSecret: Redacted.make(camera.clientSecret),
    scope: camera.scope,
    encoding: "form",
    ...options,
  }).pipe(Layer.provide(NodeHttpClient.layerUndici))

const approve = (code: DeviceCode) => Effect.promise(() => Person.approve(code, "alice"))

/** A device that was approved before its first poll. */
const signedIn = Effect.gen(function* () {
  const provider = yield* start()
  const device = client(provider)
  const tokens = yield* Effect.gen(function* () {
    const { poll, request } = yield* DeviceAuthorization
    const code = yield* request
    yield* approve(code)
    return yield* poll(code)
  }).pipe(Effect.provide(device))
  return { provider, device, tokens }
})

const errors = ({ exchanges }: OidcProvider) => exchanges.map(({ error }) => error)

const grants = ({ exchanges }: OidcProvider, grant: string) => exchanges.filter((exchange) => exchange.grant === grant)

const value = (token: Redacted.Redacted<string> | undefined): string => Redacted.value(token!)

describe.concurrent("a device at oidc-provider", () => {
  it.live("shows a code, polls until the user approves it on the provider's pages, and receives valid tokens", () =>
    Effect.gen(function* () {
      const provider = yield* start()
      const tokens = yield* Effect.gen(function* () {
        const store = yield* TokenStore
        const paired = yield* Pairing.run((code) =>
          // The person takes a while: one poll was answered with authorization_pending.
          Effect.andThen(provider.answered("authorization_pending"), approve(code)).pipe(Effect.forkChild),
        )
        assert.deepStrictEqual(yield* store.load, paired)
        return paired
      }).pipe(Effect.provide(Layer.merge(client(provider), Layer.fresh(TokenStore.layerMemory))))
      assert.strictEqual(errors(provider).at(0), "authorization_pending")
      assert.strictEqual(errors(provider).at(-1), "")
      assert.strictEqual(tokens.scope, camera.scope)
      assert.strictEqual(yield* provider.subject(value(tokens.accessToken)), "alice")
    }).pipe(Effect.scoped),
  )

  it.live("lengthens the polling interval by 5 s after slow_down", () =>
    Effect.gen(function* () {
      const provider = yield* start({ slowDownAt: 1 })
      yield* Effect.gen(function* () {
        const { poll, request } = yield* DeviceAuthorization
        const code = yield* request
        yield* approve(code)
        yield* poll(code)
      }).pipe(Effect.provide(client(provider)))
      // A second poll within 6 s would have received slow_down again.
      assert.deepStrictEqual(errors(provider), ["slow_down", ""])
    }).pipe(Effect.scoped),
  )

  it.live("stops polling when the user declines, and does not store tokens", () =>
    Effect.gen(function* () {
      const provider = yield* start()
      const stored = yield* Effect.gen(function* () {
        const error = yield* Effect.flip(Pairing.run((code) => Effect.promise(() => Person.refuse(code))))
        assert.strictEqual(error._tag, "AccessDenied")
        return yield* TokenStore.use((store) => store.load)
      }).pipe(Effect.provide(Layer.merge(client(provider), Layer.fresh(TokenStore.layerMemory))))
      assert.isUndefined(stored)
      assert.deepStrictEqual(errors(provider), ["access_denied"])
    }).pipe(Effect.scoped),
  )

  it.live("does not send a poll after its code has expired", () =>
    Effect.gen(function* () {
      const provider = yield* start({ codeLifetime: 900 })
      const error = yield* Effect.gen(function* () {
        const { poll, request } = yield* DeviceAuthorization
        const before = Date.now()
        const code = yield* request
        assert.isAtLeast(code.expiresAt, before + 900_000)
        assert.isAtMost(code.expiresAt, Date.now() + 900_000)
        // Fifteen minutes later, minus two seconds.
        return yield* Effect.flip(poll({ ...code, expiresAt: Date.now() + 2500 }))
      }).pipe(Effect.provide(client(provider)))
      assert.strictEqual(error._tag, "ExpiredToken")
      for (const answer of errors(provider)) assert.strictEqual(answer, "authorization_pending")
    }).pipe(Effect.scoped),
  )

  it.live("recognizes the provider's error for an expired code", () =>
    Effect.gen(function* () {
      const provider = yield* start({ codeLifetime: 1 })
      const error = yield* Effect.gen(function* () {
        const { poll, request } = yield* DeviceAuthorization
        const code = yield* request
        // The device assumes that the code lives for a minute.
        return yield* Effect.flip(poll({ ...code, interval: 2, expiresAt: code.expiresAt + 60_000 }))
      }).pipe(Effect.provide(client(provider)))
      assert.strictEqual(error._tag, "ExpiredToken")
      assert.deepStrictEqual(errors(provider), ["expired_token"])
    }).pipe(Effect.scoped),
  )
})

describe.concurrent("tokens of oidc-provider", () => {
  it.live("stores a new, valid pair when the provider rotates the tokens", () =>
    Effect.gen(function* () {
      const { device, provider, tokens } = yield* signedIn
      const folder = yield* FileSystem.FileSystem.use((fs) => fs.makeTempDirectoryScoped())
      const store = TokenStore.layerFile(`${folder}/tokens.json`)
      yield* Effect.gen(function* () {
        yield* TokenStore.use(({ save }) => save(tokens))
        const { refresh } = yield* Tokens
        const fresh = yield* refresh(tokens.accessToken)
        assert.strictEqual(yield* provider.subject(value(fresh)), "alice")
      }).pipe(Effect.provide(OAuthTokens.layer.pipe(Layer.provide(device), Layer.provideMerge(store))))
      // As found by another process.
      const now = yield* TokenStore.use(({ load }) => load).pipe(Effect.provide(Layer.fresh(store)))
      assert.notStrictEqual(value(now?.refreshToken), value(tokens.refreshToken))
      assert.strictEqual(yield* provider.subject(value(now?.accessToken)), "alice")
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))),
  )

  it.live("refreshes the tokens once if many calls from two programs are rejected at the same time", () =>
    Effect.gen(function* () {
      const { device, provider, tokens } = yield* signedIn
      const folder = yield* FileSystem.FileSystem.use((fs) => fs.makeTempDirectoryScoped())
      const store = () => Layer.fresh(TokenStore.layerFile(`${folder}/tokens.json`))
      yield* TokenStore.use(({ save }) => save(tokens)).pipe(Effect.provide(store()))
      const program = Effect.gen(function* () {
        const { refresh } = yield* Tokens
        return yield* Effect.all(
          Array.from({ length: 5 }, () => refresh(tokens.accessToken)),
          { concurrency: "unbounded" },
        )
      }).pipe(Effect.provide(Layer.fresh(OAuthTokens.layer).pipe(Layer.provide(device), Layer.provide(store()))))
      const fresh = (yield* Effect.all([program, program], { concurrency: 2 })).flat().map(value)
      assert.strictEqual(new Set(fresh).size, 1)
      assert.strictEqual(grants(provider, "refresh_token").length, 1)
      // A second refresh with the old token would have ended the sign-in.
      assert.strictEqual(yield* provider.subject(fresh[0]!), "alice")
    }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))),
  )

  it.live("requires a new sign-in after an old refresh token is reused, because the provider revokes all tokens", () =>
    Effect.gen(function* () {
      const { device, provider, tokens } = yield* signedIn
      const { again, fresh, needed } = yield* Effect.gen(function* () {
        yield* TokenStore.use(({ save }) => save(tokens))
        const { refresh } = yield* Tokens
        const fresh = yield* refresh(tokens.accessToken)
        // The old token comes from a restored backup.
        const again = yield* DeviceAuthorization.use((service) => Effect.flip(service.refresh(tokens)))
        return { fresh, again, needed: yield* Effect.flip(refresh(fresh)) }
      }).pipe(
        Effect.provide(
          OAuthTokens.layer.pipe(Layer.provideMerge(device), Layer.provideMerge(Layer.fresh(TokenStore.layerMemory))),
        ),
      )
      assert.strictEqual(again._tag, "InvalidGrant")
      assert.isUndefined(yield* provider.subject(value(fresh)))
      assert.strictEqual(needed._tag, "SignInNeeded")
      assert.strictEqual(needed.message, "the sign-in has expired or was revoked: sign in again")
      assert.deepStrictEqual(
        grants(provider, "refresh_token").map(({ error }) => error),
        ["", "invalid_grant", "invalid_grant"],
      )
    }).pipe(Effect.scoped),
  )

  it.live("revokes the tokens at sign-out", () =>
    Effect.gen(function* () {
      const { device, provider, tokens } = yield* signedIn
      const error = yield* Effect.gen(function* () {
        const { refresh, revoke } = yield* DeviceAuthorization
        yield* revoke(tokens)
        return yield* Effect.flip(refresh(tokens))
      }).pipe(Effect.provide(device))
      assert.isUndefined(yield* provider.subject(value(tokens.accessToken)))
      assert.strictEqual(error._tag, "InvalidGrant")
    }).pipe(Effect.scoped),
  )
})

describe.concurrent("a request that oidc-provider rejects", () => {
  const refusals: ReadonlyArray<
    readonly [what: string, tag: string, status: number, options: Partial<DeviceAuthorizationOptions>]
  > = [
    ["a wrong secret", "InvalidClient", 401, { clientSecret: Redacted.make(`not the ${camera.clientSecret}`) }],
    ["an unknown client", "InvalidClient", 401, { clientId: "nobody" }],
    // The provider sends invalid_request. Its words are those of unauthorized_client (RFC 6749 section 5.2).
    [
      "a client that is not allowed to use the device flow",
      "UnauthorizedClient",
      400,
      { clientId: desktop.clientId, clientSecret: Redacted.make(desktop.clientSecret) },
    ],
    ["a multipart body, as Frame.io requires", "InvalidRequest", 400, { encoding: "multipart" }],
  ]
  for (const [what, tag, status, options] of refusals) {
    it.live(`reports ${tag} for ${what}, and does not reveal the secret in the message`, () =>
      Effect.gen(function* () {
        const provider = yield* start()
        const error = yield* DeviceAuthorization.use(({ request }) => Effect.flip(request)).pipe(
          Effect.provide(client(provider, options)),
        )
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error.status, status)
        assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "of-the-tests")
      }).pipe(Effect.scoped),
    )
  }
})
