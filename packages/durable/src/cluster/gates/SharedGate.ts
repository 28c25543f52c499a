/**
 * Shares one connectivity gate between all runners of a cluster, so that one probe is sent while a vendor is unreachable.
 */
import { Connectivity, Health, make as makeGate, type Options as ProbeOptions } from "@holdfast/core/Connectivity"
import type { Origins } from "@holdfast/core/Origins"
import * as Entity from "effect/cluster/Entity"
import type * as Sharding from "effect/cluster/Sharding"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { GateEntity } from "../../internal/cluster/gates/entity.ts"
import * as Follower from "../../internal/cluster/gates/follower.ts"
import * as SharedOrigins from "../../internal/cluster/gates/sharedOrigins.ts"
import * as Turns from "../../internal/cluster/gates/turns.ts"
import { TurnEntity } from "../../internal/cluster/gates/turns.ts"
import * as Keeper from "../../internal/cluster/gates/keeper.ts"

/** How the keeper of a gate probes an origin. */
export interface Options extends ProbeOptions {
  /** Checks once whether an origin is reachable, without waiting at a gate. */
  readonly check: (origin: string) => Effect.Effect<void, unknown>
}

/**
 * Lets a runner keep gates. The cluster assigns each origin to one of the runners with this layer.
 *
 * **Details**
 *
 * The keeper of an origin probes it with the waits of `Connectivity`, while the gate is closed. It closes as soon as one runner
 * reports a failure, and all runners close with it, so their calls wait without using up attempts. A keeper that has moved to
 * another runner probes at once, and does not close the gates of the runners before a probe has failed.
 */
export const layer = ({ check, ...probe }: Options): Layer.Layer<never, never, Sharding.Sharding> =>
  GateEntity.toLayer(
    Effect.gen(function* () {
      const { entityId: origin } = yield* Entity.CurrentAddress
      const { follow, report } = yield* Effect.flatMap(makeGate(check(origin), probe), Keeper.make)
      return GateEntity.of({
        follow: ({ payload }) => follow(payload.known),
        report: ({ payload }) => report(payload.reason, payload.retryAfterMs),
      })
    }),
    { concurrency: "unbounded", disableFatalDefects: true },
  )

/**
 * Lets a runner grant the probes of storages, which have no health service: while a storage is unreachable, one of the parts
 * that wait for it is sent as a probe, on one runner at a time.
 */
export const turns: Layer.Layer<never, never, Sharding.Sharding> = TurnEntity.toLayer(
  Effect.map(Turns.make, ({ result, turn }) =>
    TurnEntity.of({ turn: () => turn, result: ({ payload }) => result(payload.reached) }),
  ),
  { concurrency: "unbounded", disableFatalDefects: true, maxIdleTime: Duration.minutes(5) },
)

/** Wraps the storage gates of a runner, so that their probes take turns with those of the other runners. */
export const origins = (local: Origins["Service"]): Effect.Effect<Origins["Service"], never, Sharding.Sharding> =>
  Effect.map(TurnEntity.client, (keeper) =>
    SharedOrigins.make(local, (origin) => {
      const client = keeper(origin)
      return { turn: client.turn(), result: (reached) => client.result({ reached }) }
    }),
  )

/**
 * Provides the gate of a runner for the origin of its `Health`.
 *
 * **Details**
 *
 * The gate is initially closed. A failure closes it at once, before the keeper knows. It opens when the keeper has had a
 * successful probe after that. If the keeper does not answer for 10 s while the gate is closed, the runner logs a warning and
 * sends its own probes until the keeper answers again. An open gate stays open while the keeper does not answer.
 */
export const connectivity = (probe: ProbeOptions = {}): Layer.Layer<Connectivity, never, Health | Sharding.Sharding> =>
  Layer.effect(
    Connectivity,
    Effect.gen(function* () {
      const { check, origin = "default" } = yield* Health
      const keeper = (yield* GateEntity.client)(origin)
      return yield* Follower.make({
        origin,
        check,
        probe,
        follow: (known) => keeper.follow({ known }),
        report: (reason, retryAfterMs) =>
          keeper.report({ reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }),
      })
    }),
  )
