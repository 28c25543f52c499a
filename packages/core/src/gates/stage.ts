/**
 * The gates stage. An attempt waits until all gates are open at the same time, and a failure closes the gate that its verdict
 * specifies.
 */
import * as Effect from "effect/Effect"
import { type Classified, probeAfterOf } from "../errors/Verdict.ts"
import type { Call, Closing, Step } from "../pipeline/engine/call.ts"
import type { CallPhase } from "../pipeline/engine/ledger.ts"
import { classifiedOf } from "../pipeline/engine/outcome.ts"
import { reader } from "../pipeline/InvalidPolicy.ts"
import type { Stage } from "../pipeline/stage.ts"
import type { Authorization } from "./Authorization.ts"
import type { Connectivity } from "./Connectivity.ts"
import type * as Gate from "./Gate.ts"
import { nextGate } from "./nextGate.ts"

/** The gates of a pipeline. */
export interface Gates {
  /** The gate at which attempts wait while the vendor is unreachable. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** The gate at which attempts wait until a valid token is available, and from which they get their token. */
  readonly authorization?: Authorization["Service"] | undefined
  /** Custom gates. Failures do not close custom gates. */
  readonly others?: ReadonlyArray<Gate.Gate> | undefined
}

type Effected = Effect.Effect<unknown, unknown, unknown>

/** The gates, in the order in which attempts wait at them. */
const list = ({ authorization, connectivity, others = [] }: Gates): ReadonlyArray<Gate.Gate> =>
  [connectivity?.gate, authorization?.gate, ...others].filter((gate) => gate !== undefined)

/** The gates of a running pipeline. */
class Gating implements Closing {
  private readonly gates: ReadonlyArray<Gate.Gate>
  private readonly options: Gates

  constructor(options: Gates) {
    this.options = options
    this.gates = list(options)
  }

  /** Whether the pipeline has a connectivity gate, which holds attempts while the service is unreachable. */
  get connectivity(): boolean {
    return this.options.connectivity !== undefined
  }

  /** Runs the rest of the pipeline once all gates are open at the same time. */
  admit(call: Call, inner: Step): Effected {
    for (const gate of this.gates) {
      if (!gate.isClear()) return this.wait(call, inner, 0, call.begin("gates"), call.now())
    }
    return this.pass(call, inner)
  }

  private pass(call: Call, inner: Step): Effected {
    const { authorization } = this.options
    if (authorization === undefined) return inner(call)
    return Effect.flatMap(authorization.token, (token) => {
      call.token = token
      return nextGate(this.gates, this.gates.length) < 0 ? inner(call) : this.admit(call, inner)
    })
  }

  /** Closes the gate that the verdict of a failure specifies, if any. */
  close(call: Call, { _tag, verdict }: Classified): Effect.Effect<void> | undefined {
    const { authorization, connectivity } = this.options
    const again = call.refused
    call.refused = verdict.closes === "authorization"
    if (verdict.closes === "connectivity" && connectivity !== undefined)
      return connectivity.report(_tag, probeAfterOf(verdict))
    // If the new token is rejected right after the old one, age is not the cause. Another refresh would not help, and each
    // refresh puts the sign-in at risk.
    return call.refused && !again && authorization !== undefined && call.token !== undefined
      ? authorization.reject(call.token)
      : undefined
  }

  // Checks all gates after each wait, because the first may have closed while the second opened. The gates before `from` have
  // admitted the call, which does not queue there again.
  private wait(call: Call, inner: Step, from: number, phase: CallPhase, since: number): Effected {
    const at = nextGate(this.gates, from)
    const next = Math.max(from, at + 1)
    const gate = this.gates[at]
    if (gate !== undefined) {
      if (call.ledger !== undefined) call.ledger.lastGate = gate
      return Effect.flatMap(gate.awaitOpen, () => this.wait(call, inner, next, phase, since))
    }
    call.begin(phase)
    const told = call.publish({ _tag: "GateWaited", waitMs: call.now() - since })
    if (told === undefined) return this.pass(call, inner)
    return Effect.flatMap(told, () =>
      nextGate(this.gates, this.gates.length) < 0 ? this.pass(call, inner) : this.admit(call, inner),
    )
  }
}

/**
 * Wraps the inner stages with gates.
 *
 * **Details**
 *
 * `retried` means that an outer retry stage receives every failure and closes the gate itself. The gates stage then does not
 * install its own failure handler, so a successful call avoids that cost.
 */
const gated =
  (gates: Gating, inner: Step, retried: boolean): Step =>
  (call) => {
    call.gates = gates
    const admitted = gates.admit(call, inner)
    if (retried) return admitted
    return Effect.catchCause(admitted, (cause) => {
      const error = classifiedOf(cause)
      const closing = error && gates.close(call, error)
      return closing === undefined ? Effect.failCause(cause) : Effect.flatMap(closing, () => Effect.failCause(cause))
    })
  }

/** Holds attempts until all gates are open at the same time. A failure closes the gate that its verdict specifies. */
export const gates = (options: Gates): Stage<"gates", never> => ({
  name: "gates",
  build: () => {
    reader("Gates").known(options, { connectivity: true, authorization: true, others: true })
    return {
      around: (inner, { retried }) => gated(new Gating(options), inner, retried),
      data: () => ({ kind: "gates", data: list(options).map(({ name }) => name) }),
    }
  },
})
