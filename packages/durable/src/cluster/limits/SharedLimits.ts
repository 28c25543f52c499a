/**
 * Shares circuit breakers and rate limits between runners through Redis, without depending on it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redis from "effect/persistence/Redis"
import type * as Redacted from "effect/Redacted"
import type * as SubscriptionRef from "effect/SubscriptionRef"
import * as Guarded from "../../internal/cluster/limits/guarded.ts"
import * as RedisConnection from "../../internal/cluster/limits/redis.ts"
import * as StoreHealth from "../../internal/cluster/limits/storeHealth.ts"

export { storeTimeout, type StoreState } from "../../internal/cluster/limits/storeHealth.ts"

/** The prefix of all keys in Redis. */
export const prefix = "holdfast:"

/**
 * The state of the store through which runners share their limits.
 *
 * **Details**
 *
 * The gauge `holdfast.limits.store.up` is 1 while the store answers. Each change is logged once.
 */
export class SharedLimits extends Context.Service<
  SharedLimits,
  { readonly state: SubscriptionRef.SubscriptionRef<StoreHealth.StoreState> }
>()("@holdfast/durable/cluster/SharedLimits") {
  /**
   * Provides Effect's stores for circuit breakers and rate limits through a Redis server.
   *
   * **Details**
   *
   * The layer does not fail and does not wait: it starts without Redis and connects when Redis is there. A call waits for Redis
   * at most 250 ms. After the first failure, all calls of the runner go on at once, with circuits and limits in the memory of
   * the runner, until Redis answers again. Redis is probed in the background with the waits of `Backoff.standard`.
   *
   * **Gotchas**
   *
   * While Redis is down, each runner may use the whole rate limit. If Redis restarts without its data, all circuits are closed
   * and all limits are unused.
   */
  static readonly layerRedis = (options: {
    readonly url: Redacted.Redacted<string>
  }): Layer.Layer<CircuitBreaker.CircuitBreakerStore | RateLimiter.RateLimiterStore | SharedLimits> =>
    Layer.effectContext(
      Effect.gen(function* () {
        const { ping, redis } = yield* RedisConnection.make(options.url)
        return yield* over("Redis", redis, ping)
      }),
    )
}

/** Builds the guarded stores over a Redis that may be down. */
const over = (name: string, redis: Redis.Redis["Service"], ping: Effect.Effect<void, unknown>) =>
  Effect.gen(function* () {
    const health = yield* StoreHealth.make(name, ping)
    const shared = yield* Layer.build(
      Layer.fresh(
        Layer.merge(CircuitBreaker.layerStoreRedis({ prefix }), RateLimiter.layerStoreRedis({ prefix })).pipe(
          Layer.provide(Layer.succeed(Redis.Redis, redis)),
        ),
      ),
    )
    const local = yield* Layer.build(
      Layer.fresh(Layer.merge(CircuitBreaker.layerStoreMemory(), RateLimiter.layerStoreMemory)),
    )
    const { CircuitBreakerStore } = CircuitBreaker
    const { RateLimiterStore } = RateLimiter
    return Context.make(SharedLimits, { state: health.state }).pipe(
      Context.add(
        CircuitBreakerStore,
        Guarded.circuits(Context.get(shared, CircuitBreakerStore), Context.get(local, CircuitBreakerStore), health),
      ),
      Context.add(
        RateLimiterStore,
        Guarded.rates(Context.get(shared, RateLimiterStore), Context.get(local, RateLimiterStore), health),
      ),
    )
  })
