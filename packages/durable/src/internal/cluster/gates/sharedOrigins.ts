/**
 * The storage gates of a runner, whose probes take turns with those of the other runners.
 */
import type { OriginGate, Origins } from "@holdfast/core/Origins"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Turn } from "./turns.ts"

/** How long a runner waits for an answer. Then it probes without a turn. */
const answerWait = Duration.seconds(3)

/** The interval at which a runner asks for its turn. */
const askEvery = Duration.seconds(1)

/** The messages to the keeper of the turns at one storage. */
export interface Turns {
  readonly turn: Effect.Effect<Turn, unknown>
  readonly result: (reached: boolean) => Effect.Effect<void, unknown>
}

/**
 * Wraps the gates of a runner.
 *
 * **Details**
 *
 * A gate that has a health service of its own is not changed. The probe of another gate, which is one of the waiting calls, is
 * sent when its runner has the turn, or when a probe of another runner has reached the storage meanwhile. Neither wait uses up
 * an attempt.
 */
export const make = (origins: Origins["Service"], turnsOf: (origin: string) => Turns): Origins["Service"] => {
  const wrapped = new WeakMap<OriginGate, OriginGate>()
  return {
    waiting: origins.waiting,
    of: (url) =>
      Effect.map(origins.of(url), (gate) => {
        if (gate.connectivity !== undefined) return gate
        const made = wrapped.get(gate) ?? inTurn(gate, turnsOf(gate.origin))
        wrapped.set(gate, made)
        return made
      }),
  }
}

const inTurn = (gate: OriginGate, { result, turn }: Turns): OriginGate => {
  const ask = Effect.exit(Effect.timeout(turn, answerWait))

  /** Waits for the turn. Returns whether this runner has it, and therefore reports the result. */
  const awaitTurn: Effect.Effect<boolean> = Effect.gen(function* () {
    let known: number | undefined
    while (true) {
      const exit = yield* ask
      // Without the keeper, this runner probes at its own pace, which is that of its gate.
      if (Exit.isFailure(exit)) return false
      const { answer, successes } = exit.value
      if (known !== undefined && successes > known) return false
      if (answer === "probe") return true
      known = successes
      yield* Effect.sleep(askEvery)
    }
  })

  const tell = (reached: boolean) => Effect.asVoid(Effect.exit(Effect.timeout(result(reached), answerWait)))

  const pass: OriginGate["pass"] = (attempt, judge) => {
    const probe = Effect.flatMap(Effect.raceFirst(awaitTurn, Effect.as(gate.gate.awaitOpen, false)), (hasTurn) =>
      hasTurn
        ? Effect.onExit(attempt, (exit) => {
            const error = Exit.findErrorOption(exit)
            return tell(Exit.isSuccess(exit) || (error._tag === "Some" && judge.answered(error.value)))
          })
        : attempt,
    )
    return gate.pass(
      Effect.suspend(() => (gate.gate.isOpen() ? attempt : probe)),
      judge,
    )
  }
  return { ...gate, pass }
}
