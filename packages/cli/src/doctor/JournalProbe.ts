/**
 * Examines the journal of uploads without changing it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { LocalProblem } from "../process/PersonError.ts"
import type { JournalHealth, QueueOwner } from "./JournalHealth.ts"

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
