/**
 * Admits an attempt to send a chunk under the limit that several uploads share.
 */
import type { OriginGate } from "@holdfast/core/Origins"
import { type Classified, never } from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type { SharedLimits } from "../../UploadSession.ts"

/** The gate of the storage closed while the attempt waited for a slot. The attempt was not sent. */
export interface GateClosed extends Classified {
  readonly _tag: "GateClosed"
}

const gateClosed: GateClosed = { _tag: "GateClosed", verdict: never({ outcome: "ignored", applied: "no" }) }

/**
 * Runs an attempt in a slot.
 *
 * **Details**
 *
 * If the gate is closed when the attempt starts, the attempt is the gate's probe. A probe needs no slot: while it waited for
 * one, no other probe would be sent. If the gate closes while the attempt waits for a slot, the attempt fails with
 * `GateClosed`. The caller then waits at the gate again, without a slot and without using up an attempt.
 */
export const admit = <A, E extends Classified, R>(
  attempt: Effect.Effect<A, E, R>,
  gate: OriginGate,
  slot: SharedLimits["slot"],
  bytes: number,
): Effect.Effect<A, E | GateClosed, R> => {
  if (slot === undefined) return attempt
  const isOpen = () => gate.gate.isOpen()
  const checked = Effect.suspend((): Effect.Effect<A, E | GateClosed, R> =>
    isOpen() ? attempt : Effect.fail(gateClosed),
  )
  return Effect.suspend(() => (isOpen() ? slot(checked, bytes) : attempt))
}

/**
 * Like `admit`, for a gate that a health service opens. If the gate closes while the attempt waits for a slot, the attempt
 * releases the slot and waits until the gate opens.
 */
export const admitWhenOpen = <A, E extends Classified, R>(
  attempt: Effect.Effect<A, E, R>,
  gate: OriginGate,
  slot: SharedLimits["slot"],
  bytes: number,
): Effect.Effect<A, E, R> =>
  slot === undefined
    ? attempt
    : Effect.andThen(
        gate.gate.awaitOpen,
        Effect.catchIf(
          admit(attempt, gate, slot, bytes),
          (error): error is GateClosed => error === gateClosed,
          () => admitWhenOpen(attempt, gate, slot, bytes),
        ) as Effect.Effect<A, E, R>,
      )
