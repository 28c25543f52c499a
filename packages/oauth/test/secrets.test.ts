import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Fiber, Layer, Logger, Redacted, References, Schema } from "effect"
import { HttpClientError, type HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { inspect } from "node:util"
import { Tokens } from "@holdfast/core"
import { TransportError } from "@holdfast/http"
import {
  ClientCredentials,
  ClientTokens,
  DeviceAuthorization,
  OAuthError,
  OAuthTokens,
  RefreshUncertain,
  type TokenSet,
  TokenStore,
} from "@holdfast/oauth"
import { client } from "./support/client.ts"
import { answer, cut, device, fails, provider, scripted, type Step } from "./support/server.ts"

/** A word that every secret contains. */
const canary = "canary"
const clientSecret = Redacted.make("canary client/secret+=ä")
const set: TokenSet = {
  accessToken: Redacted.make("canary-access"),
  refreshToken: Redacted.make("canary-refresh/+="),
  expiresAt: 1,
}
const code = {
  deviceCode: Redacted.make("canary-device-code"),
  userCode: "123456",
  verificationUri: "https://id.example/device",
  expiresAt: 60_000,
  interval: 5,
}

/** The body of a request, as sent and as a server reads it, and its credentials. */
const sentBy = (request: HttpClientRequest.HttpClientRequest): string => {
  const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "?"
  const basic = request.headers["authorization"] ?? ""
  const credentials = Buffer.from(basic.replace("Basic ", ""), "base64").toString()
  const sent = [body, basic, credentials].join(" ")
  assert.include(sent, canary)
  const values = [...new URLSearchParams(body).values()]
  return [sent, ...values, ...values.map(encodeURIComponent)].join(" ")
}

/** A server that repeats the request wherever it can. */
const echo =
  (status: number, shape: (sent: string) => unknown): Step =>
  (request) => {
    const sent = sentBy(request)
    return answer(status, shape(sent))(request)
  }

const steps: ReadonlyArray<readonly [string, Step]> = [
  ["an error that repeats the request", echo(400, (sent) => ({ error: "invalid_request", error_description: sent }))],
  ["an error named by the request", echo(400, (sent) => ({ error: sent }))],
  ["a detailed error", echo(401, (sent) => ({ message: "Not Authorized", errors: [{ detail: `no: ${sent}` }] }))],
  ["a page", echo(500, (sent) => `<html>${sent}`)],
  ["a token answer that cannot be used", echo(200, (sent) => ({ access_token: 5, sent }))],
  ["tokens in an answer of another type", echo(200, () => ({ access_token: "canary-new", token_type: "mac" }))],
  ["a truncated answer", cut(200, '{"access_token":"canary-new","refr')],
  ["a reset", fails("ECONNRESET")],
  ["an HTTP parser error with the answer in it", fails("HPE_INVALID_CONSTANT", { data: "canary-new" })],
  [
    "a failure whose message repeats the request",
    (request) =>
      Effect.fail(
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.TransportError({
            request,
            cause: new Error(`could not send ${sentBy(request)}`),
          }),
        }),
      ),
  ],
  ["an odd status", echo(302, (sent) => sent)],
]

/** Every way to inspect a failure. */
const views = (exit: Exit.Exit<unknown, unknown>): ReadonlyArray<string> => {
  if (Exit.isSuccess(exit))
    return [String(exit.value), JSON.stringify(exit.value) ?? "", inspect(exit.value, { depth: 20 })]
  const error = Cause.squash(exit.cause)
  const encoded = [OAuthError.schema, TransportError, RefreshUncertain].flatMap((schema) =>
    Schema.is(schema as Schema.Schema<unknown>)(error)
      ? [
          JSON.stringify(
            Schema.encodeSync(Schema.toCodecJson(schema as typeof RefreshUncertain))(error as RefreshUncertain),
          ),
        ]
      : [],
  )
  return [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 20, showHidden: true }),
    (error as Error).stack ?? "",
    Cause.pretty(exit.cause),
    JSON.stringify(exit),
    ...encoded,
  ]
}

describe("errors and logs", () => {
  for (const [name, step] of steps) {
    it.effect(`does not reveal secrets in errors or logs after ${name}`, () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const logger = Logger.make(
          (options) => void lines.push(inspect(options, { depth: 6 }), inspect(options.message, { depth: 20 })),
        )
        const service = Context.get(
          yield* Layer.build(device(scripted(step), { ...provider, clientSecret })),
          DeviceAuthorization,
        )
        for (const call of [service.request, service.poll(code), service.refresh(set), service.revoke(set)]) {
          const fiber = yield* Effect.forkChild(
            Effect.exit(
              Effect.tapCause(Effect.withSpan("call")(call as Effect.Effect<unknown, unknown>), (cause) =>
                Effect.logError("failed", cause),
              ),
            ).pipe(Effect.provide(Logger.layer([logger]))),
          )
          yield* TestClock.adjust("10 minutes")
          for (const view of views(yield* Fiber.join(fiber))) assert.notInclude(view, canary)
        }
        assert.notInclude(lines.join("\n"), canary)
      }),
    )

    it.effect(`does not reveal secrets in messages from the tokens service after ${name}`, () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const logger = Logger.make((options) => void lines.push(inspect(options.message, { depth: 20 })))
        const memory = Context.get(yield* Layer.build(Layer.fresh(TokenStore.layerMemory)), TokenStore)
        yield* memory.save(set)
        const service = Context.get(
          yield* Layer.build(
            OAuthTokens.layer.pipe(
              Layer.provide([device(scripted(step), { ...provider, clientSecret }), Layer.succeed(TokenStore, memory)]),
            ),
          ),
          Tokens,
        )
        const fiber = yield* Effect.forkChild(
          Effect.exit(Effect.timeoutOption(service.refresh(set.accessToken), "5 minutes")).pipe(
            Effect.provide(Logger.layer([logger])),
            Effect.provideService(References.MinimumLogLevel, "All"),
          ),
        )
        yield* TestClock.adjust("10 minutes")
        for (const view of views(yield* Fiber.join(fiber))) assert.notInclude(view, canary)
        assert.notInclude(lines.join("\n"), canary)
      }),
    )
  }

  for (const authentication of ["basic", "post"] as const) {
    for (const [name, step] of steps) {
      it.effect(`does not reveal the secrets of a client that authenticates with ${authentication} after ${name}`, () =>
        Effect.gen(function* () {
          const lines: Array<string> = []
          const logger = Logger.make((options) => void lines.push(inspect(options.message, { depth: 20 })))
          const service = client(scripted(step), { clientSecret, authentication })
          const tokens = ClientTokens.layer.pipe(Layer.provideMerge(service))
          const context = yield* Layer.build(tokens)
          const calls: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
            Context.get(context, ClientCredentials).request,
            Context.get(context, Tokens).current,
          ]
          for (const call of calls) {
            const fiber = yield* Effect.forkChild(
              Effect.exit(
                Effect.tapCause(Effect.timeoutOption(call, "5 minutes"), (cause) => Effect.logError("failed", cause)),
              ).pipe(Effect.provide(Logger.layer([logger]))),
            )
            yield* TestClock.adjust("10 minutes")
            for (const view of views(yield* Fiber.join(fiber))) {
              assert.notInclude(view, canary)
              // The beginning of the Basic credentials.
              assert.notInclude(view, btoa("billin"))
            }
          }
          assert.notInclude(lines.join("\n"), canary)
        }),
      )
    }
  }

  const spellings: ReadonlyArray<readonly [string, (secret: string) => string]> = [
    ["as it is", (secret) => secret],
    ["with escaped slashes", (secret) => secret.replaceAll("/", "\\/")],
    [
      "in escapes of JSON",
      (secret) => secret.replaceAll(/./g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
    ],
    ["percent-encoded", (secret) => secret.replaceAll(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`)],
    ["percent-encoded twice", (secret) => encodeURIComponent(encodeURIComponent(secret))],
    ["as a form writes it", (secret) => new URLSearchParams([["", secret]]).toString().slice(1)],
    ["in entities", (secret) => secret.replaceAll(/./g, (c) => `&#${c.charCodeAt(0)};`)],
    ["in base64", (secret) => btoa(secret)],
    ["in base64 inside a header", (secret) => btoa(`cam-1:${secret}`)],
    ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
    ["in capitals", (secret) => secret.toUpperCase()],
    ["cut off", (secret) => secret.slice(0, 24)],
  ]
  const words = {
    "client secret": "c4nary/Client+Secret=0123456789",
    "refresh token": "c4nary/Refresh+Token=9876543210",
    "access token": "c4nary/Access+Token=5647382910",
  }
  for (const [spelling, spell] of spellings) {
    for (const [what, secret] of Object.entries(words)) {
      it.effect(`does not reveal secrets in an error that repeats the ${what} (${spelling})`, () =>
        Effect.gen(function* () {
          const echoed = spell(secret)
          const description = `rejected ${echoed} of cam-1`
          const script = scripted(answer(400, { error: "invalid_grant", error_description: description }))
          const error = yield* Effect.flip(
            DeviceAuthorization.use((service) =>
              service.refresh({
                accessToken: Redacted.make(words["access token"]),
                refreshToken: Redacted.make(words["refresh token"]),
                expiresAt: 1,
              }),
            ),
          ).pipe(Effect.provide(device(script, { ...provider, clientSecret: Redacted.make(words["client secret"]) })))
          assert.strictEqual(error._tag, "InvalidGrant")
          for (const view of [error.message, JSON.stringify(error), inspect(error)]) {
            assert.notInclude(view, echoed)
            assert.notInclude(view, JSON.stringify(echoed).slice(1, -1))
          }
          assert.match(error.message, /rejected .*redacted.* of cam-1/)
        }),
      )
    }
  }

  it("redacts the secrets when a pair or a code is printed", () => {
    for (const value of [set, code]) {
      for (const view of views(Exit.succeed(value))) assert.notInclude(view, canary)
    }
  })
})
