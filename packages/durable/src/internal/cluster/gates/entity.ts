/**
 * The messages between the runners and the keeper of a gate.
 */
import * as ClusterSchema from "effect/cluster/ClusterSchema"
import * as Entity from "effect/cluster/Entity"
import * as Rpc from "effect/rpc/Rpc"
import * as Schema from "effect/Schema"

/**
 * The state of a gate at its keeper.
 *
 * **Details**
 *
 * `closings` counts how often the gate has closed since `activation`, the start of this keeper. A keeper that has just started
 * does not know the state: it is `unknown` until its first probe has ended. `nextProbeAt` is in epoch milliseconds.
 */
export const GateState = Schema.Struct({
  activation: Schema.String,
  closings: Schema.Int,
  state: Schema.Literals(["unknown", "open", "closed"]),
  reason: Schema.String,
  nextProbeAt: Schema.optionalKey(Schema.Finite),
})

export type GateState = typeof GateState.Type

/** Identifies a state. */
export const keyOf = ({ activation, closings, nextProbeAt, state }: GateState): string =>
  `${activation} ${closings} ${state} ${nextProbeAt ?? ""}`

/**
 * Returns the state as soon as it differs from the one that the runner knows, and after 5 s in any case, so that the runner
 * notices a keeper that was killed or suspended.
 */
const Follow = Rpc.make("follow", {
  payload: { known: Schema.String },
  success: GateState,
}).annotate(ClusterSchema.InterruptOnTermination, true)

/** Reports that a call could not reach the vendor, and returns the state after that. */
const Report = Rpc.make("report", {
  payload: { reason: Schema.String, retryAfterMs: Schema.optionalKey(Schema.Finite) },
  success: GateState,
})

/** The keeper of the gate of one origin. The id of the entity is the origin. */
export const GateEntity = Entity.make("holdfast/Gate", [Follow, Report])
