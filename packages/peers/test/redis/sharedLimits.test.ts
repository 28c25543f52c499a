import { assert, describe, it } from "@effect/vitest"
import { SharedLimits } from "@holdfast/durable/cluster"
import { Context, Effect, Layer, Redacted, References, Schedule, SubscriptionRef } from "effect"
import { RateLimiter } from "effect/persistence"
import * as Peer from "../../support/processes/Peer.ts"
import * as RedisServer from "../../support/redis/RedisServer.ts"

/** The limits of one runner. */
const runner = (port: number) =>
  Effect.gen(function* () {
    const layer = SharedLimits.layerRedis({ url: Redacted.make(`redis://127.0.0.1:${port}`) })
    const context = yield* Layer.build(Layer.fresh(layer))
    const { state } = Context.get(context, SharedLimits)
    const limiter = yield* Effect.provideContext(RateLimiter.make, context)
    return {
      state: Effect.map(SubscriptionRef.get(state), ({ _tag }) => _tag),
      /** Takes one of 3 calls. Returns whether there was one. */
      take: (key: string) =>
        limiter.consume({ key, limit: 3, window: "10 minutes" }).pipe(
          Effect.as(true),
          Effect.catch(() => Effect.succeed(false)),
        ),
    }
  })

type Runner = Effect.Success<ReturnType<typeof runner>>

const until = (one: Runner, wanted: "Up" | "Down") =>
  one.state.pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (state) => state === wanted }),
    Effect.timeout("40 seconds"),
  )

/** Fails if a call needs as long as a client that waits for a lost connection (5 s) would. */
const soon = <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.timeout(call, "4 seconds")

describe.skipIf(RedisServer.missing !== undefined)(
  Peer.title("limits that runners share through Redis", RedisServer.missing),
  () => {
    it.live("hold for all runners, and go on in each runner while Redis is absent, killed and suspended", () =>
      Effect.gen(function* () {
        const server = yield* RedisServer.place
        const [here, there] = [yield* runner(server.port), yield* runner(server.port)]

        // Redis is absent at the start.
        assert.isTrue(yield* soon(here.take("absent")))
        assert.strictEqual(yield* here.state, "Down")

        yield* server.start
        yield* until(here, "Up")
        yield* until(there, "Up")
        const taken = [yield* here.take("a"), yield* there.take("a"), yield* here.take("a"), yield* there.take("a")]
        assert.deepStrictEqual(taken, [true, true, true, false])

        yield* server.signal("SIGSTOP")
        assert.isTrue(yield* soon(here.take("a")))
        assert.isTrue(yield* soon(Effect.as(here.take("b"), true)))
        assert.strictEqual(yield* here.state, "Down")
        yield* server.signal("SIGCONT")
        yield* until(here, "Up")
        assert.isFalse(yield* here.take("a"))

        yield* server.signal("SIGKILL")
        assert.isTrue(yield* soon(here.take("c")))
        assert.isTrue(yield* soon(there.take("c")))
        assert.strictEqual(yield* here.state, "Down")
        yield* server.start
        yield* until(here, "Up")
        yield* until(there, "Up")

        // For good, and suspended, so that closing the connections must not wait either.
        yield* server.signal("SIGSTOP")
        assert.isTrue(yield* soon(here.take("d")))
      }).pipe(Effect.scoped, Effect.provideService(References.MinimumLogLevel, "Error")),
    )
  },
)
