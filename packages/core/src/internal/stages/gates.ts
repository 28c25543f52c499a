/**
 * The gates stage: an attempt waits until every gate is open at once, and its failure closes the gate that it names.
 */
import * as Effect from "effect/Effect"
import type { Authorization } from "../../Authorization.ts"
import type { Connectivity } from "../../Connectivity.ts"
import * as Gate from "../../Gate.ts"
import type { Classified } from "../../Verdict.ts"
import type { Call, Phase, Step } from "../call.ts"
import { failureOf } from "../guard.ts"

/** The gates of a pipeline. */
export interface Gates {
  /** Attempts wait here while the vendor cannot be reached. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Attempts wait here while there is no token that works; an attempt gets the token from here. */
  readonly authorization?: Authorization["Service"] | undefined
  /** Gates of your own. Failures do not close them. */
  readonly others?: ReadonlyArray<Gate.Gate> | undefined
}

type Effected = Effect.Effect<unknown, unknown, unknown>

/** The gates in the order in which they are waited for. */
export const list = ({ authorization, connectivity, others = [] }: Gates): ReadonlyArray<Gate.Gate> =>
  [connectivity?.gate, authorization?.gate, ...others].filter((gate) => gate !== undefined)

/** Surrounds what is inside with gates. */
export const gated = (options: Gates, inner: Step): Step => {
  const { authorization, connectivity } = options
  const gates = list(options)

  const closed = (): Gate.Gate | undefined => {
    for (const gate of gates) if (!gate.isOpen()) return gate
    return undefined
  }

  const admitted = (call: Call): Effected => {
    const gate = closed()
    if (gate !== undefined) return waiting(call, gate, call.begin("gates"), call.now())
    if (authorization === undefined) return inner(call)
    return Effect.flatMap(authorization.token, (token) => {
      call.token = token
      return closed() === undefined ? inner(call) : admitted(call)
    })
  }

  // Looks at all gates after each wait: the first may have closed again while the second opened.
  const waiting = (call: Call, gate: Gate.Gate, phase: Phase, since: number): Effected =>
    Effect.flatMap(gate.awaitOpen, () => {
      const next = closed()
      if (next !== undefined) return waiting(call, next, phase, since)
      call.begin(phase)
      const told = call.publish({ _tag: "GateWaited", waitMs: call.now() - since })
      return told === undefined ? admitted(call) : Effect.flatMap(told, () => admitted(call))
    })

  const close = (call: Call, { _tag, verdict }: Classified): Effect.Effect<void> | undefined => {
    const again = call.refused
    call.refused = verdict.closes === "authorization"
    if (verdict.closes === "connectivity" && connectivity !== undefined) return connectivity.report(_tag)
    // A token that is refused right after the one before it was is not too old: another refresh would not help, and
    // every refresh puts the sign-in at risk.
    return call.refused && !again && authorization !== undefined && call.token !== undefined
      ? authorization.reject(call.token)
      : undefined
  }

  return (call) => {
    call.connectivity = connectivity !== undefined
    return Effect.catchCause(admitted(call), (cause) => {
      const error = failureOf(cause)
      const closing = error && close(call, error)
      return closing === undefined ? Effect.failCause(cause) : Effect.andThen(closing, Effect.failCause(cause))
    })
  }
}
