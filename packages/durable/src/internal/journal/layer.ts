/**
 * Assembles the journal over any `SqlClient`.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as PubSub from "effect/PubSub"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { SqlError } from "effect/sql/SqlError"
import type { JournalError } from "../../JournalError.ts"
import type { NewUpload, UploadRecord } from "../../UploadRecord.ts"
import * as Access from "./access.ts"
import type { Run } from "./access.ts"
import * as Faults from "./faults.ts"
import * as GroupCommit from "./groupCommit.ts"
import * as NewUploads from "./newUploads.ts"
import * as Own from "./own.ts"
import type { Ballast } from "./ballast.ts"
import type { Keep } from "./ownerSession.ts"
import type { Placement } from "./placement.ts"
import type { UploadEntry } from "./records.ts"
import * as Tables from "./tables.ts"
import type { Verified } from "./verify.ts"
import type { JournalService, Opening, Owner } from "./types.ts"
import * as UploadOwners from "./uploadOwners.ts"

/** The interval at which the journal is checked for changes by other processes. */
const pollEvery = "500 millis"

/** How often, and at which interval, a transaction is retried while another process is recovering the journal. */
const recoveryAttempts = 100
const recoveryWait = "50 millis"

/** What a journal needs from the place where it is kept. */
export interface Place {
  readonly path: string
  readonly access: Access.Access
  readonly damaged: Opening["damaged"]
  readonly verified: Verified
  /** Whether the journal was replaced during the last transaction, so that the transaction may be lost. */
  readonly replaced: () => boolean
  /** Changes when another database takes the place of the journal's. */
  readonly generation: () => number
  /** Acquires the exclusive right to work through the queue until the scope closes. */
  readonly exclusive: Effect.Effect<Keep, JournalError, Scope.Scope>
  readonly placement: Placement
  readonly ballast: Ballast
}

/** Returns the journal that is stored at a place. */
export const make = (place: Place): Effect.Effect<JournalService, JournalError, Scope.Scope> =>
  Effect.gen(function* () {
    const { access, path } = place
    const scope = yield* Effect.scope
    // A subscriber receives the last change again, so that it misses none between its first look and its subscription.
    const changes = yield* PubSub.sliding<void>({ capacity: 1, replay: 1 })
    const notify = Effect.asVoid(PubSub.publish(changes, undefined))
    let cached = { version: `0 1 ${place.verified.version}`, records: place.verified.records }
    /** The records that the owner has changed since the list was last read. */
    const changedByOwner = new Map<string, UploadRecord>()
    let own = 0

    const reading = <A>(body: (run: Run) => Effect.Effect<A, SqlError | Tables.RowDamaged>) =>
      Effect.mapError(Access.query(access, body), (error) =>
        error._tag === "RowDamaged" ? Faults.damaged(path, error.what) : Faults.unreadable(path)(error),
      )

    /**
     * Runs a transaction that any process may run. The transaction is retried after a disk error, so it must be idempotent.
     */
    const writing = <A>(
      body: (run: Run) => Effect.Effect<A, SqlError | Tables.RowDamaged | JournalError>,
      attempts = recoveryAttempts,
    ): Effect.Effect<A, JournalError> =>
      Access.persist(access, (run) => Effect.tap(body(run), () => bump(run))).pipe(
        Effect.mapError((error) => {
          if (error._tag === "RowDamaged") return Faults.damaged(path, error.what)
          return error._tag === "SqlError" ? Faults.unwritable(path)(error) : error
        }),
        Effect.flatMap((result) => {
          // Another process recovers a damaged journal, and may not have seen this transaction.
          if (!place.replaced()) return Effect.succeed(result)
          if (attempts === 0) return Effect.fail(Faults.recovering(path))
          return Effect.andThen(Effect.sleep(recoveryWait), writing(body, attempts - 1))
        }),
        Effect.tap(() => committed),
      )

    const committed = Effect.suspend(() => {
      own++
      return notify
    })

    const changed = (records: ReadonlyArray<UploadRecord> | undefined) => {
      if (records === undefined) own++
      else for (const record of records) changedByOwner.set(record.id, record)
    }

    const version = (run: Run) => Tables.version(run, access.dialect)

    const list = reading((run) =>
      Effect.gen(function* () {
        const seen = yield* version(run)
        const now = `${own} ${place.generation()} ${seen}`
        const records =
          cached.version === now
            ? withChanges(cached.records, changedByOwner)
            : (yield* Tables.uploads(run)).map(({ record }) => record)
        changedByOwner.clear()
        cached = { version: now, records }
        return records
      }),
    )

    const ofUpload = <A>(id: string, none: A, body: (run: Run, entry: UploadEntry) => Effect.Effect<A, SqlError>) =>
      reading((run) =>
        Effect.flatMap(Tables.uploadById(run, id), (entry) =>
          entry === undefined ? Effect.succeed(none) : body(run, entry),
        ),
      )

    const update = (ids: ReadonlyArray<string>, fields: Partial<UploadRecord>) =>
      writing((run) =>
        Effect.gen(function* () {
          const changedAt = yield* Clock.currentTimeMillis
          const entries = yield* Tables.uploadsByIds(run, new Set(ids))
          yield* Tables.putUploads(
            run,
            entries.map((entry) => ({ ...entry, record: { ...entry.record, ...fields, changedAt } })),
          )
        }),
      )

    const add = (uploads: ReadonlyArray<NewUpload>) =>
      Effect.suspend(() => {
        // A transaction that is repeated finds the uploads that the first attempt has added.
        const added = new Map<NewUpload, UploadRecord>()
        return writing((run) => NewUploads.add(run, uploads, added))
      })

    const clean = ({ failed }: { readonly failed: boolean }) =>
      writing((run) =>
        Effect.gen(function* () {
          const ended = (yield* Tables.uploads(run)).filter(
            ({ record: { state } }) => state === "done" || state === "canceled" || (failed && state === "failed"),
          )
          yield* Tables.removeUploads(
            run,
            ended.map(({ record }) => record.seq),
          )
          yield* UploadOwners.forget(
            run,
            ended.map(({ record }) => record.id),
          )
          return ended.length
        }),
      )

    const polled = Stream.fromEffectSchedule(reading(version), Schedule.spaced(pollEvery)).pipe(
      Stream.changes,
      Stream.map(() => undefined),
    )

    const remember = Effect.ignore(reading(place.placement.remember))

    const beginEpoch = Effect.suspend(() => {
      // A transaction whose COMMIT failed may have begun the epoch.
      let begun: number | undefined
      return writing((run) =>
        Effect.gen(function* () {
          yield* UploadOwners.refuseQueueOwner(path, run)
          const known = yield* place.placement.check(run)
          const lease = yield* Tables.lease(run, "queue")
          if (lease !== undefined && lease.epoch === begun) return begun
          begun = yield* Own.begin(run, known)
          return begun
        }),
      )
    })

    /** Starts to write as the owner of a lease. `committed` runs after each transaction. */
    const writer = (lease: string, epoch: number, committed: Effect.Effect<void> = Effect.void) =>
      GroupCommit.make({
        access,
        path,
        lease,
        epoch,
        ballast: place.ballast,
        changed,
        committed: Effect.andThen(notify, committed),
        fenced: (expected, found) => Faults.fenced(path, expected, found),
        missing: (id) => Faults.missing(path, id),
      })

    const takeOver = Effect.gen(function* () {
      const keep = yield* place.exclusive
      const epoch = yield* Effect.acquireRelease(beginEpoch, (mine, exit) =>
        Effect.ignore(writing((run) => Own.release(run, mine, Exit.isSuccess(exit)))).pipe(
          Effect.andThen(remember),
          // The WAL still contains upload URLs that were deleted from the tables.
          Effect.andThen(Effect.ignore(access.read((run) => Tables.emptyLog(run, access.dialect)))),
        ),
      )
      yield* keep(epoch)
      yield* remember
      yield* place.ballast.hold
      const write = yield* writer("queue", epoch, yield* atMostEvery(Duration.seconds(1), remember))
      const owner: Owner = { epoch, write: (...changes) => write(changes) }
      return owner
    })

    /**
     * Becomes the owner. A failed attempt releases everything immediately, and does not wait until the caller's scope closes.
     */
    const owned = Effect.gen(function* () {
      const scope = yield* Effect.flatMap(Effect.scope, (parent) => Scope.fork(parent))
      return yield* Effect.onError(Scope.provide(takeOver, scope), (cause) => Scope.close(scope, Exit.failCause(cause)))
    })

    return {
      path,
      opening: { damaged: place.damaged, damagedParts: place.verified.damagedParts },
      add,
      list,
      next: (most, ids) =>
        reading((run) =>
          Effect.gen(function* () {
            const found = yield* Tables.nextUploads(run, most)
            const seen = new Set(found.map(({ record }) => record.id))
            const others = yield* Tables.uploadsByIds(run, new Set([...ids].filter((id) => !seen.has(id))))
            return [...found, ...others].map(({ record }) => record)
          }),
        ),
      get: (id) => reading((run) => Effect.map(Tables.uploadById(run, id), (entry) => entry?.record)),
      parts: (id) => ofUpload(id, [], (run, entry) => Effect.map(Tables.parts(run, entry), ({ parts }) => parts)),
      asset: (id) => ofUpload(id, undefined, Tables.asset),
      events: (id) => ofUpload(id, [], Tables.events),
      want: (ids, wanted) => update(ids, { wanted }),
      prioritize: (ids, priority) => update(ids, { priority }),
      paused: Effect.map(
        reading((run) => Tables.meta(run, "paused")),
        (value) => value === "yes",
      ),
      setPaused: (paused) => writing((run) => Tables.putMeta(run, "paused", paused ? "yes" : "no")),
      clean,
      changes: Stream.merge(Stream.fromPubSub(changes), polled),
      own: owned,
      ownUpload: UploadOwners.make({
        scope,
        writing,
        writer,
        exclusive: place.exclusive,
        missing: (id) => Faults.missing(path, id),
      }),
      unreported: reading(Own.unreported),
      claim: writing(place.placement.claim),
    }
  })

const withChanges = (records: ReadonlyArray<UploadRecord>, changed: ReadonlyMap<string, UploadRecord>) =>
  changed.size === 0 ? records : records.map((record) => changed.get(record.id) ?? record)

/** Returns an effect that runs another effect, unless it did so during the last `interval`. */
const atMostEvery = (interval: Duration.Duration, effect: Effect.Effect<void>): Effect.Effect<Effect.Effect<void>> =>
  Effect.map(Clock.monotonicTimeNanos, (begin) => {
    let last = begin
    return Effect.flatMap(Clock.monotonicTimeNanos, (now) => {
      if (Duration.isLessThan(Duration.nanos(now - last), interval)) return Effect.void
      last = now
      return effect
    })
  })

/** Counts a transaction of a process that is not the owner, so that other processes notice it on any database. */
const bump = (run: Run) =>
  Effect.flatMap(Tables.lease(run, "others"), (lease) =>
    Tables.putLease(run, "others", { epoch: 0, released: false, since: 0, batch: (lease?.batch ?? 0) + 1 }),
  )
