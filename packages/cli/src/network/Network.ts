/**
 * The HTTP client of the command, which uses the proxy from the environment and the certificate authorities of this machine.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Tls from "node:tls"
import { UsageError } from "../process/PersonError.ts"
import { version } from "../process/Version.ts"

/** The proxies that the environment specifies. The addresses of the proxies may contain passwords. */
export interface Proxies {
  readonly https: Redacted.Redacted<string> | undefined
  readonly http: Redacted.Redacted<string> | undefined
  /** The hosts to reach without a proxy, separated by commas. */
  readonly except: string
}

/** Hosts that never use a proxy. */
const loopback = "localhost,127.0.0.1,::1"

/**
 * Reads an environment variable whose name may be in lower or upper case. The lowercase name takes precedence, as in curl.
 */
const variable = (name: string) =>
  Effect.gen(function* () {
    for (const spelling of [name, name.toUpperCase()]) {
      const value = Option.getOrUndefined(yield* Effect.orDie(Config.option(Config.String(spelling))))
      if (value !== undefined && value.trim() !== "") return { name: spelling, value: value.trim() }
    }
    return undefined
  })

const schemes = new Set(["http:", "https:", "socks5:", "socks:"])

/**
 * Parses the address of a proxy; the default scheme is `http`. An error identifies the variable but never includes its value.
 */
const address = (found: { readonly name: string; readonly value: string } | undefined) => {
  if (found === undefined) return Effect.undefined
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`
  return isProxy(text)
    ? Effect.succeed(Redacted.make(text, { label: "proxy" }))
    : Effect.fail(
        new UsageError({
          problem: `${found.name} does not contain a valid proxy address`,
          remedy: "write it as http://host:port, with %40 for an @ in its password",
        }),
      )
}

const isProxy = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  try {
    decodeURIComponent(url.username + url.password)
  } catch {
    return false
  }
  return schemes.has(url.protocol) && url.hostname !== ""
}

/** The proxy settings from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`. */
export const proxies: Effect.Effect<Proxies, UsageError> = Effect.gen(function* () {
  const all = yield* variable("all_proxy")
  const http = yield* address((yield* variable("http_proxy")) ?? all)
  const https = (yield* address((yield* variable("https_proxy")) ?? all)) ?? http
  const except = (yield* variable("no_proxy"))?.value
  return { https, http, except: except === undefined ? loopback : `${except},${loopback}` }
})

/** Whether requests may go through a proxy. */
const usesProxy = ({ http, https }: Proxies): boolean => http !== undefined || https !== undefined

/**
 * The maximum size of response headers: 64 KiB. With Node's limit of 16 KiB, the client would lose the result of a token
 * refresh whose response has a long policy or many cookies.
 */
const maxHeaderSize = 64 * 1024

/** Sends each request through the proxy for its address, or directly if no proxy applies. */
const dispatcher = ({ except, http, https }: Proxies): Layer.Layer<NodeHttpClient.Dispatcher> =>
  Layer.effect(
    NodeHttpClient.Dispatcher,
    Effect.acquireRelease(
      // Imported only by a command that sends a request. It would make the help take a quarter longer.
      Effect.map(
        Effect.promise(() => import("@effect/platform-node/Undici")),
        ({ EnvHttpProxyAgent }) =>
          new EnvHttpProxyAgent({
            // An empty string keeps undici from reading the environment itself.
            httpProxy: http === undefined ? "" : Redacted.value(http),
            httpsProxy: https === undefined ? "" : Redacted.value(https),
            noProxy: except,
            maxHeaderSize,
          }),
      ),
      (agent) => Effect.promise(() => agent.destroy()),
    ),
  )

/**
 * Trusts the certificate authorities from Node, from `NODE_EXTRA_CA_CERTS` and from the operating system. Administrators of
 * networks that inspect TLS traffic install their certificate authority in the operating system.
 */
const trustSystem = Effect.sync(() => {
  Tls.setDefaultCACertificates([...new Set([...Tls.getCACertificates("default"), ...Tls.getCACertificates("system")])])
}).pipe(
  // If the system store cannot be read, the authorities of Node remain.
  Effect.catchDefect(() => Effect.void),
)

/** Sets the user agent, and omits trace headers because they are intended only for the operator's own servers. */
const named = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  client.pipe(
    HttpClient.mapRequest(HttpClientRequest.setHeader("user-agent", `holdfast/${version}`)),
    HttpClient.transform(Effect.provideService(HttpClient.TracerPropagationEnabled, false)),
  )

const identified = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, named))

/** Disables the probe, because it opens a direct connection, which a network with a proxy might block. */
const withoutProbe = Layer.succeed(RefusalProbe, { ask: () => Effect.undefined })

/** The HTTP client for a remote API. An invalid proxy address causes a `UsageError`. */
export const layer: Layer.Layer<HttpClient.HttpClient, UsageError> = Layer.unwrap(
  Effect.gen(function* () {
    const found = yield* proxies
    yield* trustSystem
    const client = identified.pipe(
      Layer.provide(NodeHttpClient.layerUndiciNoDispatcher),
      Layer.provide(dispatcher(found)),
    )
    return usesProxy(found) ? Layer.merge(client, withoutProbe) : client
  }),
)

/** The HTTP client for a server on this machine, without a proxy or TLS. */
export const layerLocal: Layer.Layer<HttpClient.HttpClient> = identified.pipe(
  Layer.provide(NodeHttpClient.layerUndiciOptions({ maxHeaderSize })),
)
