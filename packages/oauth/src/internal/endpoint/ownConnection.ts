/**
 * Sends each request on a connection that no other request uses.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Option from "effect/Option"

/** The undici options: connections without HTTP/2, for which `Agent` has a separate pool, closed after the response. */
const apart = { allowH2: false, reset: true } as const

/**
 * The key of the options that `NodeHttpClient.layerUndici` reads for each request. It is used by its name, because this
 * package also works without Node.
 */
const UndiciOptions = Context.Reference<Readonly<Record<string, unknown>>>(
  "@effect/platform-node/NodeHttpClient/UndiciOptions",
  { defaultValue: () => ({}) },
)

/** The part of undici's dispatcher that this module uses. */
interface Dispatcher {
  readonly dispatch: (options: { readonly origin?: unknown }, handler: unknown) => boolean
}

/** The key of the dispatcher of Node's `fetch`, which exists after the first request. */
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
 * A server or router may have closed or forgotten an idle connection. A request sent on it is lost together with its refresh
 * token, and the client cannot tell whether it arrived. `connection: close` is not enough: it only closes the connection
 * afterwards. `NodeHttpClient.layerUndici` and Node's `fetch` take the connection from a pool that only these requests use and
 * leave empty. `NodeHttpClient.layerNodeHttp` keeps no connection unless its agent does.
 *
 * **Gotchas**
 *
 * An undici `Agent` with `allowH2: false`, a `node:http` agent with `keepAlive` and browsers have one pool for all requests. With
 * these, only `connection: close` applies.
 */
export const send = <A, E, R>(exchange: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.all([UndiciOptions, Effect.serviceOption(FetchHttpClient.RequestInit)]), ([options, init]) =>
    exchange.pipe(
      Effect.provideService(UndiciOptions, { ...options, ...apart }),
      Effect.provideService(FetchHttpClient.RequestInit, separate(Option.getOrElse(init, () => ({})))),
    ),
  )
