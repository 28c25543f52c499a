/**
 * Sends each request on a connection that no other request uses.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Option from "effect/Option"

/**
 * The undici options for connections that do not use HTTP/2 and are closed after the response. `Agent` has a separate pool
 * for connections without HTTP/2.
 */
const apart = { allowH2: false, reset: true } as const

/**
 * The key of the options that `NodeHttpClient.layerUndici` reads for each request. This module refers to the key by its name
 * so that the package also works without Node.
 */
const UndiciOptions = Context.Reference<Readonly<Record<string, unknown>>>(
  "@effect/platform-node/NodeHttpClient/UndiciOptions",
  { defaultValue: () => ({}) },
)

/** The part of undici's dispatcher that this module uses. */
interface Dispatcher {
  readonly dispatch: (options: { readonly origin?: unknown }, handler: unknown) => boolean
}

/** The keys under which the dispatcher of Node's `fetch` is stored. The dispatcher exists after the first request. */
const places = [Symbol.for("undici.globalDispatcher.2"), Symbol.for("undici.globalDispatcher.1")]

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === "object" && value !== null && "dispatch" in value && typeof value.dispatch === "function"

const dispatcherOf = (init: RequestInit): Dispatcher | undefined =>
  ["dispatcher" in init ? init.dispatcher : undefined, ...places.map((place) => Reflect.get(globalThis, place))].find(
    isDispatcher,
  )

const separate = (init: RequestInit): RequestInit => {
  const dispatcher = dispatcherOf(init)
  // A mock matches origins by their exact text.
  if (dispatcher === undefined || "isMockActive" in dispatcher) return init
  const dispatch: Dispatcher["dispatch"] = (options, handler) =>
    // Node's undici keys its pools by the text of the origin.
    dispatcher.dispatch({ ...options, ...apart, origin: `${String(options.origin)}/` }, handler)
  return Object.assign({ ...init }, { dispatcher: { dispatch } })
}

/**
 * Sends a request on a new connection, which closes after the response.
 *
 * **Details**
 *
 * A server or router might have closed or forgotten an idle connection. A request on a closed or forgotten connection is lost
 * together with its refresh token, and the client cannot determine whether the request arrived. The `connection: close`
 * header is not sufficient, because it only closes the connection after the response. `NodeHttpClient.layerUndici` and Node's
 * `fetch` use a pool that is reserved for these requests and never contains an idle connection.
 * `NodeHttpClient.layerNodeHttp` does not keep connections open unless its agent does.
 *
 * **Gotchas**
 *
 * An undici `Agent` with `allowH2: false`, a `node:http` agent with `keepAlive`, and browsers use one pool for all requests.
 * For clients that use one pool, only `connection: close` takes effect.
 */
export const send = <A, E, R>(exchange: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.all([UndiciOptions, Effect.serviceOption(FetchHttpClient.RequestInit)]), ([options, init]) =>
    exchange.pipe(
      Effect.provideService(UndiciOptions, { ...options, ...apart }),
      Effect.provideService(FetchHttpClient.RequestInit, separate(Option.getOrElse(init, () => ({})))),
    ),
  )
