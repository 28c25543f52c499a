/**
 * Keeps the gate of one origin for all runners.
 */
import type { Connectivity } from "@holdfast/core/Connectivity"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { keyOf, type GateState } from "./entity.ts"

/** How long a runner waits for a change before it gets the same state again. */
export const beat = Duration.seconds(5)

/** Returns the handlers of the messages for a gate. */
export const make = ({ failure, gate, nextProbeAt, report }: Connectivity["Service"]) =>
  Effect.gen(function* () {
    const activation = `${yield* Clock.currentTimeMillis}-${yield* Random.next}`

    const state: Effect.Effect<GateState> = Effect.gen(function* () {
      const now = yield* SubscriptionRef.get(gate.state)
      const { closed: closings } = yield* gate.stats
      const probeAt = yield* SubscriptionRef.get(nextProbeAt)
      const failed = failure !== undefined && (yield* SubscriptionRef.get(failure)) !== undefined
      return {
        activation,
        closings,
        state: gate.isOpen() ? "open" : closings === 0 && !failed ? "unknown" : "closed",
        reason: now._tag === "Open" ? "" : now.reason,
        ...(probeAt === undefined ? {} : { nextProbeAt: probeAt }),
      }
    })

    const changed = Stream.merge(gate.changes, SubscriptionRef.changes(nextProbeAt))

    return {
      follow: (known: string): Effect.Effect<GateState> =>
        changed.pipe(
          Stream.mapEffect(() => state),
          Stream.filter((now) => keyOf(now) !== known),
          Stream.runHead,
          Effect.timeoutOption(beat),
          Effect.flatMap((found) =>
            Option.isSome(found) && Option.isSome(found.value) ? Effect.succeed(found.value.value) : state,
          ),
        ),
      report: (reason: string, retryAfterMs: number | undefined): Effect.Effect<GateState> =>
        Effect.andThen(report(reason, retryAfterMs === undefined ? undefined : Duration.millis(retryAfterMs)), state),
    }
  })
