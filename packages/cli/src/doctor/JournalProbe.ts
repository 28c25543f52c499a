/**
 * Examines the journal of uploads without changing it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { LocalProblem } from "../process/PersonError.ts"

/** The state of the journal. */
export interface JournalHealth {
  readonly path: string
  readonly bytes: number
  /** The description of the damage, or `undefined` if every record is intact. */
  readonly damage: string | undefined
  /** The number of uploads in each state. States without an upload are absent. */
  readonly states: Readonly<Record<string, number>>
}

/** The process that works through the queue. */
export interface QueueOwner {
  /** The name that the process recorded, such as its process id. */
  readonly holder: string
  /** When the process became the owner, in epoch milliseconds, if that is known. */
  readonly since: number | undefined
}

/** Examines the journal below a directory. Both effects succeed with `undefined` if there is nothing to report. */
export const JournalProbe = Context.Reference<{
  /** Returns the state of the journal, or `undefined` if there is no journal. */
  readonly health: (home: string) => Effect.Effect<JournalHealth | undefined, LocalProblem>
  /** Returns the owner of the queue, or `undefined` if no process works through the queue. */
  readonly owner: (home: string) => Effect.Effect<QueueOwner | undefined, LocalProblem>
}>("holdfast/doctor/JournalProbe", {
  defaultValue: () => ({ health: () => Effect.undefined, owner: () => Effect.undefined }),
})
