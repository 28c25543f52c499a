/**
 * Runs a worker until a signal ends it.
 */
import { SharedClients, SharedLimits, UploadRunner, Worker } from "@holdfast/durable/cluster"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Scope from "effect/Scope"
import * as Client from "../network/Client.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Sources from "../network/Sources.ts"
import type { Target } from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import type { PersonError } from "../process/PersonError.ts"
import { UsageError } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import { type Listen, shown } from "../worker/Listen.ts"
import type { Address } from "./Address.ts"
import * as Connection from "./Connection.ts"
import * as FreePort from "./FreePort.ts"
import * as Metrics from "./Metrics.ts"
import * as Reports from "./Reports.ts"

/** The options of a worker. */
export interface Options {
  readonly database: Address
  /** The Redis in which the workers share rate limits. Default: none. */
  readonly redis: Address | undefined
  /** The most API calls a minute. Default: no limit. */
  readonly rate: number | undefined
  readonly target: Target
  readonly listen: Listen
  /** The port on which metrics are served. Default: none. */
  readonly metrics: number | undefined
  readonly parallel: number
  /** How long chunks in flight may take after a signal. */
  readonly drainTime: Duration.Duration
  readonly json: boolean
}

/** The connections of a worker to its database: its journal, the messages of the cluster and the locks of its shards. */
const connections = 10

const rateOf = ({ rate }: Options) => (rate === undefined ? undefined : ({ limit: rate, window: "1 minute" } as const))

/** The limits that the workers share, and reports whether their store answers. */
const limits = ({ redis }: Options, { say }: Reports.Reports) => {
  if (redis === undefined) return Layer.empty
  const follow = Effect.flatMap(SharedLimits, ({ state }) =>
    Stream.runForEach(SubscriptionRef.changes(state), (now) =>
      now._tag === "Up"
        ? say("limits", { redis: redis.shown, shared: true }, `holdfast: shares limits in the Redis at ${redis.shown}`)
        : say(
            "limits",
            { redis: redis.shown, shared: false, reason: now.reason },
            `holdfast: goes on without the Redis at ${redis.shown} (${now.reason})`,
          ),
    ),
  )
  return Layer.effectDiscard(Effect.forkScoped(follow)).pipe(
    Layer.provideMerge(SharedLimits.layerRedis({ url: redis.url })),
  )
}

const worker = (options: Options, address: Listen, reports: Reports.Reports) => {
  const { database, parallel, target } = options
  const { api } = target.config
  const onEvent = (event: UploadRunner.RunnerEvent) => Effect.andThen(Metrics.count(event), reports.upload(event))
  const describe = (error: Parameters<UploadRunner.Describe>[0]) =>
    error._tag === "FileNotShared" || error._tag === "DeviceNotPaired" || error._tag === "DeviceUnavailable"
      ? Remedy.refusal(error)
      : Remedy.saved(api)(error)
  return Worker.layer({
    address,
    devices: SharedClients.layer({ config: target.config, rate: rateOf(options) }).pipe(
      Layer.provide(limits(options, reports)),
    ),
    runner: { parallel, describe, onEvent },
  }).pipe(
    Layer.catchTag("SocketServerError", () =>
      Layer.effect(
        UploadRunner.UploadRunner,
        new UsageError({
          problem: `cannot listen on ${shown(address)}`,
          remedy: "choose a free address of this machine for --listen",
        }),
      ),
    ),
    Layer.provide(Client.asking(target)),
    Layer.provide(Connection.deviceTokens(database)),
    Layer.provide(Connection.journalOf(database)),
    Layer.provide(Connection.client(database, connections)),
  )
}

/** The time that leaving the cluster may take. The database may be down, and the locks of the shards expire by themselves. */
const leaving = "10 seconds"

/** Uses a scope that is closed afterwards, for a bounded time. */
const bounded = <A, E, R>(use: (scope: Scope.Scope) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const exit = yield* Effect.exit(use(scope))
    const closing = yield* Effect.forkDetach(Scope.close(scope, exit))
    yield* Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), leaving).pipe(Effect.exit)
    return yield* exit
  })

/**
 * Runs a worker.
 *
 * **Details**
 *
 * After the first signal, the worker begins no upload and no chunk, waits until the chunks in flight have ended, and leaves the
 * cluster. Its exit code is 0 if all of them have ended in time, and otherwise that of an interruption.
 */
export const serve = (options: Options): Effect.Effect<void, Ended.Ended | PersonError, Output> =>
  Sources.withObjects(served(options))

const served = (options: Options): Effect.Effect<void, Ended.Ended | PersonError, Output> =>
  Effect.uninterruptible(
    bounded((scope) =>
      Effect.gen(function* () {
        const output = yield* Output
        const { database, drainTime, json, target } = options
        const reports = yield* Reports.make(output, { api: target.config.api, json })
        const address = yield* FreePort.choose(options.listen)
        const services = yield* Effect.interruptible(
          Layer.buildWithScope(worker(options, address, reports).pipe(Layer.provide(Metrics.calls)), scope),
        )
        const runner = Context.get(services, UploadRunner.UploadRunner)
        const metrics =
          options.metrics === undefined
            ? undefined
            : yield* Scope.provide(Metrics.serve(options.metrics, runner.inFlight), scope)
        const here = shown(address)
        yield* reports.say(
          "started",
          { api: target.config.api, database: database.shown, listen: here, metrics: metrics ?? null },
          `holdfast: worker ${here} sends the uploads of ${database.shown}` +
            (metrics === undefined ? "" : `; metrics on http://127.0.0.1:${metrics}/metrics`),
        )
        // A signal interrupts this wait. The rest of the program goes on.
        yield* Effect.exit(Effect.interruptible(Effect.never))
        const chunks = yield* runner.inFlight
        yield* reports.say(
          "draining",
          { chunksInFlight: chunks },
          `holdfast: ${Format.count(chunks, "chunk is", "chunks are")} in flight; a second signal ends the worker at once`,
        )
        const isIdle = yield* runner.drain(drainTime)
        yield* reports.say("stopped", { drained: isIdle }, "holdfast: the other workers continue the uploads")
        if (!isIdle) return yield* Ended.end("interrupted")
      }),
    ),
  )
