/**
 * Decides whether this machine may continue a journal, and remembers the state of the journal outside of its folder.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import * as Fs from "node:fs"
import { JournalMisplaced } from "../../JournalError.ts"
import { MachineId } from "../../MachineId.ts"
import type { Run } from "./access.ts"
import * as Marks from "./marks.ts"
import * as Tables from "./tables.ts"

type Failure = SqlError | Tables.RowDamaged

/** The checks of one journal. */
export interface Placement {
  /** Fails if the journal was moved or rolled back. Returns the last known epoch. Runs in a transaction. */
  readonly check: (run: Run) => Effect.Effect<number, Failure | JournalMisplaced>
  /** Accepts the journal as it is. Runs in a transaction. */
  readonly claim: (run: Run) => Effect.Effect<void, Failure>
  /** Remembers the committed state. */
  readonly remember: (run: Run) => Effect.Effect<void, Failure>
}

/** The journal of a database that several machines share is never misplaced. */
export const anywhere: Placement = {
  check: () => Effect.succeed(0),
  claim: () => Effect.void,
  remember: () => Effect.void,
}

const action =
  "make sure that no other machine sends these uploads, then run holdfast queue resume --here; uploads that the " +
  "missing records show as done would be sent twice"

/**
 * Returns the checks for the journal of a folder. `marks` is the folder for state that must survive a rollback of the
 * journal.
 */
export const make = (path: string, marks: string): Placement => {
  const misplaced = (reason: "moved" | "rolled-back", detail: string) =>
    Effect.fail(new JournalMisplaced({ verdict: Verdict.never({ change: "human" }), path, reason, detail, action }))
  const identity = (run: Run) => Effect.map(Tables.meta(run, "id"), (id) => id ?? "")

  return {
    check: (run) =>
      Effect.gen(function* () {
        const machine = yield* yield* MachineId
        const written = yield* Tables.meta(run, "machine")
        if (machine !== undefined && written !== undefined && machine !== written) {
          return yield* misplaced("moved", "another machine wrote it")
        }
        if (written === undefined && machine !== undefined) yield* Tables.putMeta(run, "machine", machine)
        const mark = Marks.byId(marks, yield* identity(run))
        if (mark === undefined) return 0
        if (mark.path !== path && isOther(mark.path, path)) {
          return yield* misplaced("moved", `it is a copy of ${mark.path}`)
        }
        const lease = yield* Tables.lease(run, "queue")
        const epoch = lease?.epoch ?? 0
        if (epoch < mark.epoch || (epoch === mark.epoch && (lease?.batch ?? 0) < mark.batch)) {
          return yield* misplaced("rolled-back", "its last records are missing, as if an older copy had been restored")
        }
        return mark.epoch
      }),
    claim: (run) =>
      Effect.gen(function* () {
        const machine = yield* yield* MachineId
        if (machine !== undefined) yield* Tables.putMeta(run, "machine", machine)
        const id = yield* identity(run)
        const mark = Marks.byId(marks, id)
        const lease = yield* Tables.lease(run, "queue")
        const epoch = Math.max(lease?.epoch ?? 0, mark?.epoch ?? 0)
        // The next owner begins a newer epoch, so the number of transactions in this one no longer matters.
        const batch = Number.MAX_SAFE_INTEGER
        yield* Tables.putLease(run, "queue", { released: true, since: 0, ...lease, epoch, batch })
        Marks.write(marks, { id, path, epoch, batch: 0, uploads: mark?.uploads ?? 0 })
      }),
    remember: (run) =>
      Effect.gen(function* () {
        const lease = yield* Tables.lease(run, "queue")
        if (lease === undefined) return
        const uploads = yield* Tables.countUploads(run)
        Marks.write(marks, { id: yield* identity(run), path, epoch: lease.epoch, batch: lease.batch, uploads })
      }),
  }
}

/** Whether the two paths name two different journals. */
const isOther = (path: string, own: string): boolean => {
  const other = Fs.statSync(path, { throwIfNoEntry: false })
  return other !== undefined && other.ino !== Fs.statSync(own, { throwIfNoEntry: false })?.ino
}
