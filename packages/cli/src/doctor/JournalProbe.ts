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
  /** The number of parts that are sent again because their records are damaged. */
  readonly damagedParts: number
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

/** Examines the journal in a directory. Both effects succeed with `undefined` if there is nothing to report. */
export const JournalProbe = Context.Reference<{
  /** Returns the state of the journal, or `undefined` if there is no journal. */
  readonly health: (directory: string) => Effect.Effect<JournalHealth | undefined, LocalProblem>
  /** Returns the owner of the queue, or `undefined` if no process works through the queue. */
  readonly owner: (directory: string) => Effect.Effect<QueueOwner | undefined, LocalProblem>
}>("holdfast/doctor/JournalProbe", {
  // Imported only when the journal is examined, because SQLite would make every other command start later.
  defaultValue: () => ({
    health: (directory) => Effect.flatMap(live, ({ health }) => health(directory)),
    owner: (directory) => Effect.flatMap(live, ({ owner }) => owner(directory)),
  }),
})

const live = Effect.promise(() => import("./LiveJournal.ts"))
