/**
 * How the command reaches the network: proxies over real sockets on this machine, and the texts for network failures.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as Recorder from "@holdfast/http/Recorder"
import * as TransportCause from "@holdfast/http/TransportCause"
import { DeviceAuthorization } from "@holdfast/oauth"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { HttpClient, HttpClientError, HttpClientRequest } from "effect/http"
import * as Http from "node:http"
import type * as Net from "node:net"
import { inspect } from "node:util"
import * as Network from "../../src/network/Network.ts"
import * as Reach from "../../src/network/Reach.ts"
import * as Remedy from "../../src/network/Remedy.ts"
import { version } from "../../src/process/Version.ts"

type Environment = Readonly<Record<string, string>>

const within = <A, E, R>(env: Environment, effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

/** A proxy that records its requests. It answers plain requests itself and rejects tunnels with a status. */
const proxy = (refusal: number) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly asked: Array<Http.IncomingMessage> }>((resume) => {
      const asked: Array<Http.IncomingMessage> = []
      const server = Http.createServer((request, response) => {
        asked.push(request)
        response.end("{}")
      })
      server.on("connect", (request: Http.IncomingMessage, socket: Net.Socket) => {
        asked.push(request)
        socket.end(`HTTP/1.1 ${refusal} Refused\r\ncontent-length: 0\r\n\r\n`)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as Net.AddressInfo
        resume(Effect.succeed({ port, asked, server }))
      })
    }),
    (found) =>
      Effect.sync(() => {
        const { server } = found as unknown as { readonly server: Http.Server }
        server.closeAllConnections()
        server.close()
      }),
  )

const get = (url: string, env: Environment) => within(env, Effect.provide(HttpClient.get(url), Network.layer))

const named = (env: Environment) =>
  Effect.map(within(env, Network.proxies), ({ except, http, https }) => ({
    http: http && Redacted.value(http),
    https: https && Redacted.value(https),
    except,
  }))

const here = "localhost,127.0.0.1,::1"

describe("the proxy of the environment", () => {
  it.effect("the proxy variables are accepted in upper and lower case, and lower case takes precedence", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [Environment, unknown]> = [
        [{}, { http: undefined, https: undefined, except: here }],
        [{ HTTPS_PROXY: "http://p:8080" }, { http: undefined, https: "http://p:8080", except: here }],
        [
          { https_proxy: "http://a:1", HTTPS_PROXY: "http://b:2" },
          { http: undefined, https: "http://a:1", except: here },
        ],
        [{ HTTP_PROXY: "p:8080" }, { http: "http://p:8080", https: "http://p:8080", except: here }],
        [{ all_proxy: "socks5://p:1080" }, { http: "socks5://p:1080", https: "socks5://p:1080", except: here }],
        [
          { HTTPS_PROXY: " ", no_proxy: "x.test" },
          { http: undefined, https: undefined, except: `x.test,${here}` },
        ],
      ]
      for (const [env, expected] of cases) assert.deepStrictEqual(yield* named(env), expected)
    }),
  )

  it.effect("the error for an invalid proxy address contains the name of the variable but never its value", () =>
    Effect.gen(function* () {
      for (const value of ["ftp://user:hunter2@p", "http://", "http://user:hunter2%zz@p:1", "hunter2 or so"]) {
        const error = yield* Effect.flip(within({ HTTPS_PROXY: value }, Network.proxies))
        assert.strictEqual(error.outcome, "usage")
        assert.match(error.message, /^HTTPS_PROXY does not contain a valid proxy address; /)
        assert.notInclude(inspect(error, { depth: 9 }), "hunter2")
      }
    }),
  )

  it.live(
    "the proxy receives its credentials with every request except those to this machine or to hosts in NO_PROXY",
    () =>
      Effect.scoped(
        Effect.gen(function* () {
          const { asked, port } = yield* proxy(403)
          const env = { http_proxy: `http://crew:hunter2@127.0.0.1:${port}`, NO_PROXY: "other.test" }
          yield* get("http://api.test/health", env)
          assert.deepStrictEqual(
            asked.map(({ headers, url }) => [url, headers["proxy-authorization"]]),
            [["http://api.test/health", `Basic ${Buffer.from("crew:hunter2").toString("base64")}`]],
          )
          // A direct request to the proxy reaches it as an origin server, which it is not.
          yield* get(`http://127.0.0.1:${port}/health`, env)
          assert.strictEqual(asked[1]?.url, "/health")
          yield* Effect.flip(get("http://other.test/health", env))
          assert.lengthOf(asked, 2)
        }),
      ),
  )

  for (const status of [403, 407, 502] as const) {
    it.live(
      `the error reports that a proxy rejected a tunnel with ${status} but does not reveal the proxy's password`,
      () =>
        Effect.scoped(
          Effect.gen(function* () {
            const { asked, port } = yield* proxy(status)
            const error = yield* Effect.flip(
              get("https://api.test/health", { HTTPS_PROXY: `http://crew:hunter2@127.0.0.1:${port}` }),
            )
            assert.strictEqual(asked[0]?.url, "api.test:443")
            assert.isTrue(HttpClientError.isHttpClientError(error))
            const failure = TransportCause.fromHttpClientError(error as HttpClientError.HttpClientError)
            assert.deepStrictEqual(
              [failure.verdict.retry, failure.verdict.closes, failure.reached],
              ["always", "connectivity", "nothing"],
            )
            const { code } = Explain.explain({ failure: Recorder.failureOf(failure) ?? "" })
            const codes = { 403: "HF-HTTP-BOX-006", 407: "HF-HTTP-BOX-005", 502: "HF-HTTP-BOX-004" }
            assert.strictEqual(code, codes[status])
            const cause = Reach.cause(failure)
            assert.strictEqual(cause?.text, `the proxy refused the connection (${status})`)
            assert.match(cause?.remedy ?? "", status === 407 ? /HTTPS_PROXY/ : /NO_PROXY/)
            assert.match(
              Remedy.unreachable("https://api.test", failure).message,
              /^cannot reach https:\/\/api\.test \(the proxy refused the connection/,
            )
            for (const text of [
              inspect(error, { depth: 20 }),
              inspect(failure, { depth: 20 }),
              JSON.stringify(failure),
            ]) {
              assert.notInclude(text, "hunter2")
              assert.notInclude(text, Buffer.from("crew:hunter2").toString("base64"))
            }
          }),
        ),
    )
  }
})

describe("every request of the command", () => {
  it.live("every request has the command's user agent and no trace headers", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { asked, port } = yield* proxy(403)
        yield* Effect.withSpan(get(`http://127.0.0.1:${port}/`, {}), "a span")
        yield* HttpClient.get(`http://127.0.0.1:${port}/`).pipe(
          Effect.provide(Network.layerLocal),
          Effect.withSpan("b"),
        )
        assert.lengthOf(asked, 2)
        for (const { headers } of asked) {
          assert.strictEqual(headers["user-agent"], `holdfast/${version}`)
          for (const name of ["traceparent", "tracestate", "b3"]) assert.isUndefined(headers[name])
        }
      }),
    ),
  )
})

describe("a response with headers of 40 KiB", () => {
  const server = Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly server: Http.Server }>((resume) => {
      const server = Http.createServer((request, response) => {
        request.resume()
        response.writeHead(200, { "content-type": "application/json", "x-policy": "x".repeat(40 * 1024) })
        response.end(JSON.stringify({ access_token: "access-2", refresh_token: "refresh-2" }))
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as Net.AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, server }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }),
  )

  for (const [name, layer] of [
    ["an API elsewhere", Network.layer],
    ["a server on this machine", Network.layerLocal],
  ] as const) {
    it.live(`receives the refreshed tokens from ${name}`, () =>
      Effect.gen(function* () {
        const { url } = yield* server
        const options = {
          clientId: "c",
          scope: "s",
          encoding: "form",
          deviceEndpoint: url,
          tokenEndpoint: url,
        } as const
        const pair = yield* DeviceAuthorization.use((device) =>
          device.refresh({
            accessToken: Redacted.make("access-1"),
            refreshToken: Redacted.make("refresh-1"),
            expiresAt: 1,
          }),
        ).pipe(Effect.provide(DeviceAuthorization.layer(options).pipe(Layer.provide(layer))))
        assert.strictEqual(Redacted.value(pair.accessToken), "access-2")
      }).pipe((test) => within({}, test)),
    )
  }
})

describe("the explanation of a network failure", () => {
  const tls = (detail: string) => Reach.cause({ _tag: "TlsFailure", detail })

  it("states a remedy for TLS inspection, for a wrong clock and for a captive portal", () => {
    for (const code of [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_GET_ISSUER_CERT",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ]) {
      assert.match(tls(code)?.remedy ?? "", /NODE_EXTRA_CA_CERTS/, code)
    }
    assert.match(tls("CERT_HAS_EXPIRED")?.remedy ?? "", /clock/)
    assert.match(tls("CERT_NOT_YET_VALID")?.remedy ?? "", /clock/)
    assert.match(tls("ERR_TLS_CERT_ALTNAME_INVALID")?.remedy ?? "", /sign in/)
    assert.match(Reach.cause({ _tag: "CaptivePortal" })?.remedy ?? "", /open a browser/)
  })

  it("recommends adding a network's root certificate only if the root is missing", () => {
    const request = HttpClientRequest.get("https://api.example.com/")
    for (const code of ["CERT_REVOKED", "CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID", "ERR_TLS_CERT_ALTNAME_INVALID"]) {
      const error = TransportCause.make(code, request, { detail: code })
      const { problem, remedy } = Remedy.upload(error, "https://api.example.com")
      const { causes } = Explain.explain({ failure: code, request: { method: "GET", url: "https://api.example.com/" } })
      const unreachable = Remedy.unreachable("https://api.example.com", error)
      const texts = [
        problem,
        remedy,
        unreachable.problem,
        unreachable.remedy,
        ...causes.flatMap(({ fix }) => fix.map(({ text }) => text)),
      ]
      assert.notMatch(texts.join("\n"), /NODE_EXTRA_CA_CERTS|its root/, code)
    }
    assert.match(tls("CERT_REVOKED")?.text ?? "", /revoked/)
    assert.match(tls("CERT_REVOKED")?.remedy ?? "", /another network/)
  })

  it("recommends correcting the certificate if an additional root would not help", () => {
    const request = HttpClientRequest.get("https://api.example.com/")
    for (const code of ["CERT_REJECTED", "CERT_SIGNATURE_FAILURE", "CERT_CHAIN_TOO_LONG", "INVALID_CA"]) {
      const { problem, remedy } = Remedy.upload(
        TransportCause.fromCause(request, Object.assign(new Error(code), { code })),
        "https://api.example.com",
      )
      assert.strictEqual(problem, `the certificate or its chain is invalid (${code})`)
      assert.strictEqual(
        remedy,
        "use another network, or ask the owner of the server to correct the certificate, then run the command again",
      )
    }
  })

  it("describes a temporary outage without recommending an action", () => {
    assert.deepStrictEqual(Reach.cause({ _tag: "DnsFailure" }), { text: "the host name cannot be resolved" })
    assert.deepStrictEqual(Reach.cause({ _tag: "constructor", message: "odd\nwords" }), { text: "odd words" })
    assert.isUndefined(Reach.cause(undefined))
  })
})
