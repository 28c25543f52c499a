/**
 * Lets the workers of a cluster own single uploads of the journal.
 *
 * **Details**
 *
 * Each upload has a lease of its own, and a worker takes the lease by beginning a new epoch. Every write of a worker checks the
 * epoch in its transaction, so a worker that was suspended cannot change an upload that another worker has taken. The changes of
 * all uploads of a worker share transactions.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { SqlError } from "effect/sql/SqlError"
import { JournalOwned } from "../../JournalError.ts"
import type { JournalError } from "../../JournalError.ts"
import type { Run } from "./access.ts"
import type * as GroupCommit from "./groupCommit.ts"
import * as Own from "./own.ts"
import type { Keep } from "./ownerSession.ts"
import * as Tables from "./tables.ts"
import type { JournalService, Owner } from "./types.ts"

/** The setting that states who owns the uploads. */
const owners = "owners"
const workers = "workers"

/** How long a worker that lets go of an upload waits for the database. */
const releaseWait = "2 seconds"

/** What the owners of uploads need from the journal. */
export interface Options {
  /** Runs a transaction, which must be idempotent. */
  readonly writing: <A>(
    body: (run: Run) => Effect.Effect<A, SqlError | Tables.RowDamaged | JournalError>,
  ) => Effect.Effect<A, JournalError>
  /** Acquires the exclusive right to work through the whole queue. */
  readonly exclusive: Effect.Effect<Keep, JournalError, Scope.Scope>
  readonly writer: (lease: string, epoch: number) => Effect.Effect<GroupCommit.Write, never, Scope.Scope>
  readonly missing: (id: string) => JournalError
  /** The scope of the journal. */
  readonly scope: Scope.Scope
}

/** Fails if the uploads belong to workers. Is part of the transaction in which a process becomes the owner of the queue. */
export const refuseQueueOwner = (path: string, run: Run) =>
  Effect.flatMap(Tables.meta(run, owners), (found) =>
    found === workers
      ? Effect.fail(
          new JournalOwned({
            verdict: Verdict.never({ change: "human" }),
            path,
            detail: "its uploads belong to the workers of a cluster",
            action: "start a worker, or add the files to a queue of this machine",
          }),
        )
      : Effect.void,
  )

/** Creates `ownUpload` of the journal. */
export const make = ({ exclusive, missing, scope, writer, writing }: Options): JournalService["ownUpload"] => {
  const starting = Semaphore.makeUnsafe(1)
  let started: GroupCommit.Write | undefined

  /** Turns the journal into one of workers. A process that owns the queue keeps the right until it ends. */
  const convert = Effect.gen(function* () {
    const isConverted = yield* writing((run) => Effect.map(Tables.meta(run, owners), (found) => found === workers))
    if (isConverted) return
    yield* Effect.scoped(
      Effect.andThen(
        exclusive,
        writing((run) => Tables.putMeta(run, owners, workers)),
      ),
    )
  })

  /** Returns the writer that all uploads of this worker share. */
  const shared = starting.withPermit(
    Effect.gen(function* () {
      if (started !== undefined) return started
      yield* convert
      const lease = `worker/${(yield* Random.nextIntBetween(0, 2 ** 48)).toString(36)}`
      const since = yield* Clock.currentTimeMillis
      yield* writing((run) => Tables.putLease(run, lease, { epoch: 1, batch: 0, released: false, since }))
      started = yield* Scope.provide(writer(lease, 1), scope)
      return started
    }),
  )

  const begin = (id: string) =>
    Effect.suspend(() => {
      // A transaction whose COMMIT failed may have begun the epoch.
      let begun: number | undefined
      return writing((run) =>
        Effect.gen(function* () {
          const lease = yield* Tables.lease(run, leaseOf(id))
          if (lease !== undefined && lease.epoch === begun) return begun
          begun = yield* Own.beginUpload(run, leaseOf(id), id)
          return begun === undefined ? yield* Effect.fail(missing(id)) : begun
        }),
      )
    })

  return (id) =>
    Effect.gen(function* () {
      const write = yield* shared
      const fence = (epoch: number) => ({ lease: leaseOf(id), epoch })
      const release = (epoch: number) =>
        Effect.interruptible(write([], { ...fence(epoch), release: true })).pipe(
          Effect.timeoutOption(releaseWait),
          Effect.ignore,
        )
      const epoch = yield* Effect.acquireRelease(begin(id), release)
      const owner: Owner = {
        epoch,
        write: (...changes) =>
          changes.every((change) => change.id === id)
            ? write(changes, fence(epoch))
            : Effect.die(new Error(`the owner of the upload ${id} can change only this upload`)),
      }
      return owner
    })
}

/** Deletes the leases of uploads that are removed. */
export const forget = (run: Run, ids: ReadonlyArray<string>) => Tables.removeLeases(run, ids.map(leaseOf))

const leaseOf = (id: string): string => `upload/${id}`
