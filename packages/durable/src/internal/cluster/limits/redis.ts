/**
 * A connection to Redis that may be absent, and that is opened again after each failure.
 */
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Scope from "effect/Scope"

/** The time in which a connection must be open and answer. */
const connectTimeout = Duration.seconds(1)

/**
 * A socket that receives nothing for this time is closed. The client pings, so only a server that is suspended or unreachable
 * is silent.
 */
const silence = Duration.seconds(3)

const absent = new Redis.RedisError({ cause: "there is no connection to Redis" })

/**
 * Returns a Redis whose commands fail at once while there is no connection. `ping` succeeds if the server answers, and opens
 * a connection if there is none or if it does not answer.
 */
export const make = (
  url: Redacted.Redacted<string>,
): Effect.Effect<
  { readonly redis: Redis.Redis["Service"]; readonly ping: Effect.Effect<void, unknown> },
  never,
  Scope.Scope
> =>
  Effect.gen(function* () {
    const parent = yield* Effect.scope
    let current: { readonly redis: Redis.Redis["Service"]; readonly scope: Scope.Closeable } | undefined

    /** Closing waits for commands in flight, which a suspended server answers never, so nothing waits for it. */
    const drop = Effect.suspend(() => {
      const old = current
      current = undefined
      return old === undefined ? Effect.void : Effect.asVoid(Effect.forkDetach(Scope.close(old.scope, Exit.void)))
    })

    const connect = Effect.gen(function* () {
      const scope = yield* Scope.make()
      const client = NodeRedis.layer({
        url: Redacted.value(url),
        disableOfflineQueue: true,
        pingInterval: Duration.toMillis(connectTimeout),
        socket: {
          connectTimeout: Duration.toMillis(connectTimeout),
          socketTimeout: Duration.toMillis(silence),
          reconnectStrategy: false,
        },
      })
      const building = yield* Effect.forkDetach(
        Layer.buildWithScope(Layer.fresh(client), scope).pipe(
          // The client logs each failed connection; the state of the store is reported instead.
          Effect.provideService(References.MinimumLogLevel, "None"),
        ),
      )
      const context = yield* Effect.timeout(Fiber.join(building), connectTimeout).pipe(
        Effect.onError(() => Effect.forkDetach(Effect.andThen(Fiber.await(building), Scope.close(scope, Exit.void)))),
      )
      current = { redis: Context.get(context, Redis.Redis), scope }
    })

    const answers = Effect.suspend(() =>
      current === undefined ? Effect.fail(absent) : Effect.timeout(current.redis.send("PING"), connectTimeout),
    )
    yield* Scope.addFinalizer(parent, drop)

    const using = <A>(f: (redis: Redis.Redis["Service"]) => Effect.Effect<A, Redis.RedisError>) =>
      Effect.suspend(() => (current === undefined ? Effect.fail(absent) : f(current.redis)))
    return {
      ping: answers.pipe(
        Effect.catch(() => Effect.andThen(drop, Effect.andThen(connect, answers))),
        Effect.asVoid,
      ),
      redis: {
        send: (...call) => using((redis) => redis.send(...call)),
        eval:
          (script) =>
          (...params) =>
            using((redis) => redis.eval(script)(...params)),
        subscribe: () => Effect.die("the limits subscribe to nothing"),
        reserve: Effect.fail(absent),
      },
    }
  })
