/**
 * Requests on a connection that no other request used.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Option from "effect/Option"

/** What undici is asked for: the connections without HTTP/2, which its `Agent` keeps apart, and their end after the response. */
const apart = { allowH2: false, reset: true } as const

/** The options that `NodeHttpClient.layerUndici` reads for each request, by their name: this package works without Node. */
const UndiciOptions = Context.Reference<Readonly<Record<string, unknown>>>(
  "@effect/platform-node/NodeHttpClient/UndiciOptions",
  { defaultValue: () => ({}) },
)

/** As much of undici's dispatcher as is needed here. */
interface Dispatcher {
  readonly dispatch: (options: { readonly origin?: unknown }, handler: unknown) => boolean
}

/** Where Node's `fetch` keeps its dispatcher; it has none before the first request, and no connection either. */
const places = [Symbol.for("undici.globalDispatcher.2"), Symbol.for("undici.globalDispatcher.1")]

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === "object" && value !== null && "dispatch" in value && typeof value.dispatch === "function"

const dispatcherOf = (init: RequestInit): Dispatcher | undefined =>
  ["dispatcher" in init ? init.dispatcher : undefined, ...places.map((place) => Reflect.get(globalThis, place))].find(
    isDispatcher,
  )

const separate = (init: RequestInit): RequestInit => {
  const dispatcher = dispatcherOf(init)
  // A mock knows the origins that it was given, to the letter.
  if (dispatcher === undefined || "isMockActive" in dispatcher) return init
  const dispatch: Dispatcher["dispatch"] = (options, handler) =>
    // The undici inside Node keeps its pools by the origin as it is written.
    dispatcher.dispatch({ ...options, ...apart, origin: `${String(options.origin)}/` }, handler)
  return Object.assign({ ...init }, { dispatcher: { dispatch } })
}

/**
 * Sends a request on a new connection, which closes after the response.
 *
 * **Details**
 *
 * A connection that was idle may be one that the server, or a router between, has closed or forgotten; the request is then
 * lost with the refresh token in it, and nothing tells whether it arrived. Sending `connection: close` is not enough: it says
 * what becomes of the connection afterwards. `NodeHttpClient.layerUndici` and Node's `fetch` are asked for a connection from
 * a pool that only these requests use, and which they leave empty. `NodeHttpClient.layerNodeHttp` keeps no connection unless
 * it was given an agent that does.
 *
 * **Gotchas**
 *
 * An undici `Agent` with `allowH2: false` has one pool for both kinds of request, and so have a `node:http` agent with
 * `keepAlive` and a browser: there only `connection: close` remains.
 */
export const send = <A, E, R>(exchange: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.all([UndiciOptions, Effect.serviceOption(FetchHttpClient.RequestInit)]), ([options, init]) =>
    exchange.pipe(
      Effect.provideService(UndiciOptions, { ...options, ...apart }),
      Effect.provideService(FetchHttpClient.RequestInit, separate(Option.getOrElse(init, () => ({})))),
    ),
  )
