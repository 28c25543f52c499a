import { assert, describe, it } from "@effect/vitest"
import { InvalidPolicy } from "@holdfast/core"
import { ClientCredentials, type ClientCredentialsOptions } from "@holdfast/oauth"
import { ConfigProvider, Config, Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { client, issued, server } from "../support/client.ts"
import { answer, cut, fails, hangs, refuses, scripted, type Step } from "../support/server.ts"

const request = ClientCredentials.use((service) => service.request)

const sent = (options: Partial<ClientCredentialsOptions> = {}) =>
  Effect.gen(function* () {
    const script = scripted(issued("a-1"))
    yield* request.pipe(Effect.provide(client(script, options)))
    return script.arrived[0]!
  })

const decoded = (header: string | undefined) => Buffer.from(header?.replace("Basic ", "") ?? "", "base64").toString()

describe("ClientCredentials", () => {
  it.each<[name: string, options: object, message: string]>([
    ["an empty client id", { clientId: "" }, 'clientId must be a string that is not blank (got "")'],
    ["no client id", { clientId: undefined }, "clientId must be a string that is not blank (got undefined)"],
    [
      "no endpoint",
      { tokenEndpoint: undefined },
      "tokenEndpoint must be an address that begins with https:// or http:// (got undefined)",
    ],
    [
      "a relative endpoint",
      { tokenEndpoint: "/token" },
      'tokenEndpoint must be an address that begins with https:// or http:// (got "/token")',
    ],
    [
      "a plain string as the secret",
      { clientSecret: "s3cret" },
      "clientSecret must be Redacted: use Redacted.make (got a string)",
    ],
    ["no secret", { clientSecret: undefined }, "clientSecret must be Redacted: use Redacted.make (got undefined)"],
    [
      "a Map of parameters",
      { parameters: new Map([["audience", "a"]]) },
      "parameters must be a plain object (got an instance of Map)",
    ],
    [
      "parameters of a URL",
      { parameters: new URLSearchParams("audience=a") },
      "parameters must be a plain object (got an instance of URLSearchParams)",
    ],
    ["Headers", { headers: new Headers() }, "headers must be a plain object (got an instance of Headers)"],
  ])("rejects invalid options when the layer is created: %s", (_, options, message) => {
    assert.throws(() => ClientCredentials.layer({ ...server, ...options } as never), `ClientCredentials: ${message}`)
  })

  describe("a request", () => {
    it.effect("authenticates with HTTP Basic, and does not send the secret in the body", () =>
      Effect.gen(function* () {
        const { encoding, fields, headers, url } = yield* sent({ scope: "invoices:read" })
        assert.strictEqual(url, "https://id.example/token")
        assert.strictEqual(encoding, "form")
        assert.strictEqual(decoded(headers["authorization"]), "billing:s3cret-of-the-client")
        assert.deepStrictEqual(fields, { grant_type: "client_credentials", scope: "invoices:read" })
      }),
    )

    it.effect("form-encodes the client id and the secret before it joins them with a colon", () =>
      Effect.gen(function* () {
        const { headers } = yield* sent({ clientId: "a:b c", clientSecret: Redacted.make("ä/+ %:") })
        assert.strictEqual(decoded(headers["authorization"]), "a%3Ab+c:%C3%A4%2F%2B+%25%3A")
      }),
    )

    it.effect("sends the id and the secret in the body, without an authorization header, if `post` is configured", () =>
      Effect.gen(function* () {
        const { fields, headers } = yield* sent({ authentication: "post" })
        assert.isUndefined(headers["authorization"])
        assert.deepStrictEqual(fields, {
          grant_type: "client_credentials",
          client_id: "billing",
          client_secret: "s3cret-of-the-client",
        })
      }),
    )

    it.effect("sends additional parameters, and repeats a parameter for each value of a list", () =>
      Effect.gen(function* () {
        const script = scripted(issued("a-1"))
        const bodies: Array<string> = []
        const spy: Step = (request) => {
          if (request.body._tag === "Uint8Array") bodies.push(new TextDecoder().decode(request.body.body))
          return issued("a-1")(request)
        }
        yield* request.pipe(
          Effect.provide(
            client(scripted(spy), {
              parameters: { audience: "https://api.example", resource: ["urn:a", "urn:b"] },
            }),
          ),
        )
        assert.deepStrictEqual(
          [...new URLSearchParams(bodies[0])],
          [
            ["grant_type", "client_credentials"],
            ["audience", "https://api.example"],
            ["resource", "urn:a"],
            ["resource", "urn:b"],
          ],
        )
        assert.strictEqual(script.arrived.length, 0)
      }),
    )

    it.effect("sends the headers from the options", () =>
      Effect.gen(function* () {
        const { headers } = yield* sent({ headers: { "x-tenant": "north" } })
        assert.strictEqual(headers["x-tenant"], "north")
      }),
    )

    it.effect("times out after 15 s, or after a shorter configured timeout", () =>
      Effect.gen(function* () {
        for (const [timeout, seconds] of [
          [undefined, 15],
          ["2 seconds", 2],
        ] as const) {
          const fiber = yield* request.pipe(
            Effect.flip,
            Effect.provide(client(scripted(hangs), { timeout })),
            Effect.forkChild,
          )
          yield* TestClock.adjust(Duration.seconds(seconds - 0.1))
          assert.isUndefined(fiber.pollUnsafe())
          yield* TestClock.adjust("100 millis")
          assert.strictEqual((yield* Fiber.join(fiber))._tag, "RequestTimedOut")
        }
      }),
    )
  })

  describe("a success", () => {
    const read = (body: unknown) => request.pipe(Effect.provide(client(scripted(answer(200, body)))))

    it.effect("returns the token, its lifetime and its scope", () =>
      Effect.gen(function* () {
        const found = yield* read({ access_token: "a-1", token_type: "bearer", expires_in: "300", scope: "read" })
        assert.strictEqual(Redacted.value(found.accessToken), "a-1")
        assert.deepStrictEqual(found.lifetime, Duration.seconds(300))
        assert.strictEqual(found.scope, "read")
      }),
    )

    it.effect("accepts a token without a lifetime, and ignores an invalid lifetime", () =>
      Effect.gen(function* () {
        for (const more of [{}, { expires_in: 0 }, { expires_in: -1 }, { expires_in: "soon" }, { expires_in: null }]) {
          assert.isUndefined((yield* read({ access_token: "a-1", ...more })).lifetime)
        }
      }),
    )

    it.effect("does not return a refresh token, even if the server sent one", () =>
      Effect.gen(function* () {
        const found = yield* read({ access_token: "a-1", refresh_token: "r-1", expires_in: 60 })
        assert.deepStrictEqual(Object.keys(found).toSorted(), ["accessToken", "lifetime"])
      }),
    )
  })

  describe("a failure", () => {
    const failures: ReadonlyArray<readonly [what: string, step: Step, tag: string, retry: string]> = [
      ["a wrong secret", refuses("invalid_client", 401), "InvalidClient", "never"],
      ["an unknown scope", refuses("invalid_scope"), "InvalidScope", "never"],
      ["an unknown resource", refuses("invalid_target"), "InvalidScope", "never"],
      ["a client without this grant", refuses("unauthorized_client"), "UnauthorizedClient", "never"],
      ["a server without this grant", refuses("unsupported_grant_type"), "UnsupportedGrantType", "never"],
      ["too many requests", answer(429, ""), "SlowDown", "always"],
      ["a server that is down", answer(503, ""), "TemporarilyUnavailable", "always"],
      ["a gateway's timeout", answer(504, ""), "GatewayFailure", "always"],
      ["an error with status 200", answer(200, { error: "incorrect_client_credentials" }), "InvalidClient", "never"],
      ["an error that is not known", refuses("sunspots"), "UnknownOAuthError", "once"],
      ["a connection that is refused", fails("ECONNREFUSED"), "ConnectionRefused", "always"],
      ["an answer that ends early", cut(200, '{"access_token":"a-1","expi'), "TruncatedBody", "always"],
      ["an answer without a token", answer(200, { token: "a-1" }), "AnswerUnreadable", "once"],
      ["an empty answer", answer(200, ""), "AnswerUnreadable", "once"],
      [
        "a token that needs a proof",
        answer(200, { access_token: "a", token_type: "DPoP" }),
        "AnswerUnreadable",
        "never",
      ],
      ["a token that no header can carry", answer(200, { access_token: "a\r\nb: c" }), "AnswerUnreadable", "never"],
      ["a page of a captive portal", answer(200, "<html><body>Sign in to the network"), "CaptivePortal", "always"],
      ["a redirect", answer(302, "", { location: "https://id.example/other" }), "RedirectRefused", "never"],
    ]
    it.effect.each(failures)("fails with the error that the table lists for %s", ([, step, tag, retry]) =>
      Effect.gen(function* () {
        const script = scripted(step)
        const error = yield* Effect.flip(request).pipe(Effect.provide(client(script)))
        assert.strictEqual(error._tag, tag)
        assert.strictEqual(error.verdict.retry, retry)
        assert.strictEqual(script.arrived.length, 1)
      }),
    )
  })

  describe("options", () => {
    const refused = (options: object): string => {
      try {
        ClientCredentials.layer({ ...server, ...options })
        return "accepted"
      } catch (error) {
        return error instanceof InvalidPolicy ? error.message : String(error)
      }
    }

    it("rejects invalid options when the layer is created", () => {
      assert.include(refused({ secret: "x" }), "unknown option secret")
      assert.include(refused({ authentication: "mtls" }), "authentication")
      assert.include(refused({ timeout: 0 }), "timeout")
      assert.include(refused({ parameters: { grant_type: "password" } }), "grant_type, client_id, client_secret, scope")
      assert.strictEqual(refused({ parameters: { audience: "a" } }), "accepted")
    })

    it.effect("accepts options from a Config", () =>
      Effect.gen(function* () {
        const script = scripted(issued("a-1"))
        const layer = ClientCredentials.layerConfig({
          tokenEndpoint: Config.String("TOKEN_ENDPOINT"),
          clientId: Config.String("CLIENT_ID"),
          clientSecret: Config.Redacted("CLIENT_SECRET"),
        })
        const environment = ConfigProvider.fromUnknown({
          TOKEN_ENDPOINT: server.tokenEndpoint,
          CLIENT_ID: "billing",
          CLIENT_SECRET: "from the environment",
        })
        const { accessToken } = yield* request.pipe(
          Effect.provide(layer.pipe(Layer.provide([script.layer, ConfigProvider.layer(environment)]))),
        )
        assert.strictEqual(Redacted.value(accessToken), "a-1")
        assert.strictEqual(decoded(script.arrived[0]?.headers["authorization"]), "billing:from+the+environment")
      }),
    )
  })
})
