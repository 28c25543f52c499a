/**
 * Writes the changes of concurrent callers in shared transactions, because each transaction waits for the disk.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import type { JournalError } from "../../JournalError.ts"
import type { UploadRecord } from "../../UploadRecord.ts"
import * as Access from "./access.ts"
import type { Run } from "./access.ts"
import { apply } from "./apply.ts"
import type { Ballast } from "./ballast.ts"
import * as Faults from "./faults.ts"
import type { UploadEntry } from "./records.ts"
import * as Tables from "./tables.ts"
import type { Change } from "./types.ts"

/** A lease that must still have this epoch when changes are written. */
export interface Fence {
  readonly lease: string
  readonly epoch: number
  /** Whether the owner lets go of the lease. Default: false. */
  readonly release?: boolean
}

/** Writes changes, and waits until they would survive a power failure. Without a fence, only the writer's own lease counts. */
export type Write = (changes: ReadonlyArray<Change>, fence?: Fence) => Effect.Effect<void, JournalError>

/** The changes of one caller. */
interface Request {
  readonly changes: ReadonlyArray<Change>
  readonly fence: Fence | undefined
  readonly done: Deferred.Deferred<void, JournalError>
}

/** What the writer needs from the journal. */
export interface Options {
  readonly access: Access.Access
  readonly path: string
  /** The lease of the writer, which also counts its transactions. */
  readonly lease: string
  readonly epoch: number
  /** The error for a lease whose epoch is no longer the expected one. */
  readonly fenced: (expected: Fence, found: number | undefined) => JournalError
  readonly ballast: Ballast
  readonly missing: (id: string) => JournalError
  /**
   * Receives the uploads that a transaction changed, before anything else reads them, or `undefined` if that is not known.
   */
  readonly changed: (records: ReadonlyArray<UploadRecord> | undefined) => void
  /** Runs after each transaction and before its callers resume, so that a caller reads what it wrote. */
  readonly committed: Effect.Effect<void>
}

/** Starts the writer in the scope. When the scope closes, the writer first writes what is pending. */
export const make = (options: Options): Effect.Effect<Write, never, Scope.Scope> =>
  Effect.gen(function* () {
    let pending: Array<Request> = []
    let closed = false
    const work = yield* Latch.make(false)

    const commitPending = Effect.suspend(() => {
      const group = pending
      pending = []
      return group.length === 0 ? Effect.void : commit(options, group)
    })
    const flush = Effect.whileLoop({ while: () => pending.length > 0, body: () => commitPending, step: () => {} })
    const loop = Effect.gen(function* () {
      yield* work.await
      yield* work.close
      // Callers that were resumed by the last transaction get their turn first, so that they share the next one.
      yield* Effect.yieldNow
      yield* Effect.uninterruptible(commitPending)
      if (pending.length > 0) yield* work.open
    })
    // A finalizer that is added before the fiber runs after the fiber has ended.
    yield* Effect.addFinalizer(() => {
      closed = true
      return flush
    })
    yield* Effect.forkScoped(Effect.forever(loop))

    return (changes, fence) =>
      Effect.gen(function* () {
        if (changes.length === 0 && fence?.release !== true) return
        if (closed) return yield* Effect.fail(options.fenced(fence ?? options, undefined))
        const done = yield* Deferred.make<void, JournalError>()
        pending.push({ changes, fence, done })
        yield* work.open
        yield* Deferred.await(done)
      })
  })

/** Writes the changes of a group, and completes the callers. */
const commit = (options: Options, group: ReadonlyArray<Request>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(persist(options, group))
    yield* options.committed
    const last = exit._tag === "Failure" && isFull(exit.cause) ? group.filter(ends) : []
    if (last.length > 0 && (yield* options.ballast.drop)) {
      yield* complete(
        group.filter((request) => !last.includes(request)),
        exit,
      )
      const again = yield* Effect.exit(persist(options, last))
      yield* options.committed
      yield* complete(last, again)
    } else {
      yield* complete(group, exit)
    }
    if (exit._tag === "Success") yield* options.ballast.hold
  })

const complete = (group: ReadonlyArray<Request>, exit: Exit.Exit<Rejected, JournalError>): Effect.Effect<void> =>
  Effect.forEach(
    group,
    (request) => {
      const { done } = request
      const reason = exit._tag === "Success" ? exit.value.get(request) : undefined
      return reason === undefined ? Deferred.done(done, Exit.asVoid(exit)) : Deferred.fail(done, reason)
    },
    { discard: true },
  )

const isFull = (cause: Cause.Cause<JournalError>): boolean => {
  const error = Cause.findErrorOption(cause)
  return error._tag === "Some" && error.value._tag === "JournalUnwritable" && Faults.isFull(error.value)
}

/** Whether changes record the outcome of a step. Such changes may use the space that is kept in reserve. */
const ends = ({ changes }: Request): boolean => changes.some(({ _tag }) => !beginnings.has(_tag))

const beginnings: ReadonlySet<Change["_tag"]> = new Set(["Creating", "Resumed", "PartSending", "Event"])

/**
 * Writes the changes of a group in one transaction.
 *
 * **Details**
 *
 * A transaction whose COMMIT failed may be in the journal. It is retried after a disk error, and read back after the last
 * attempt. The number of transactions in the epoch shows whether it is there.
 */
const persist = (options: Options, group: ReadonlyArray<Request>): Effect.Effect<Rejected, JournalError> =>
  Effect.suspend(() => {
    const { access, path } = options
    let before: number | undefined
    let rejected: Rejected = new Map()
    const once = (run: Run) =>
      Effect.gen(function* () {
        const lease = yield* current(options, run)
        if (lease.batch !== (before ??= lease.batch)) return undefined
        const written = yield* transaction(options, run, group)
        rejected = written.rejected
        yield* Tables.putLease(run, options.lease, { ...lease, batch: lease.batch + 1 })
        return written.records
      })
    const landed = access
      .settled((run) => current(options, run))
      .pipe(
        Effect.map(({ batch }) => before !== undefined && batch > before),
        Effect.orElseSucceed(() => false),
      )
    return Access.persist(access, once, options.changed).pipe(
      Effect.catch((error) => {
        options.changed(undefined)
        if (error._tag === "RowDamaged") return Effect.fail(Faults.damaged(path, error.what))
        if (error._tag !== "SqlError") return Effect.fail(error)
        return Effect.flatMap(landed, (found) => (found ? Effect.void : Effect.fail(Faults.unwritable(path)(error))))
      }),
      Effect.map(() => rejected),
    )
  })

/** Returns the ownership, and fails if another process has taken it. */
const current = (options: Options, run: Run) =>
  Effect.gen(function* () {
    const { epoch, fenced } = options
    const lease = yield* Tables.lease(run, options.lease)
    return lease === undefined || lease.epoch !== epoch ? yield* Effect.fail(fenced(options, lease?.epoch)) : lease
  })

/** The requests that failed individually within a group. */
type Rejected = ReadonlyMap<Request, JournalError>

interface Written {
  readonly rejected: Rejected
  /** The uploads that changed. */
  readonly records: ReadonlyArray<UploadRecord>
}

const transaction = (
  options: Options,
  run: Run,
  group: ReadonlyArray<Request>,
): Effect.Effect<Written, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    const rejected = new Map<Request, JournalError>()
    const now = yield* Clock.currentTimeMillis
    const before = new Map<string, UploadEntry>()
    const after = new Map<string, UploadEntry>()
    const leases = new Map<string, Tables.Lease | undefined>()
    for (const request of group) {
      const { changes, fence } = request
      const refused = fence === undefined ? undefined : yield* refusal(options, run, fence, leases)
      if (refused !== undefined) {
        rejected.set(request, refused)
        continue
      }
      const unknown = yield* load(run, changes, before)
      if (unknown !== undefined) {
        rejected.set(request, options.missing(unknown))
        continue
      }
      const { epoch } = fence ?? options
      for (const change of changes) {
        const entry = after.get(change.id) ?? before.get(change.id)
        if (entry !== undefined) after.set(change.id, yield* apply(run, entry, change, { epoch, now }))
      }
    }
    const changed = [...after].filter(([id, entry]) => entry !== before.get(id)).map(([, entry]) => entry)
    for (const entry of changed) yield* Tables.putUpload(run, entry)
    return { rejected, records: changed.map(({ record }) => record) }
  })

/** Returns why a fence refuses changes, if it does. Otherwise lets go of its lease, if the owner does. */
const refusal = ({ fenced }: Options, run: Run, fence: Fence, known: Map<string, Tables.Lease | undefined>) =>
  Effect.gen(function* () {
    const lease = known.has(fence.lease) ? known.get(fence.lease) : yield* Tables.lease(run, fence.lease)
    // No other process writes during this transaction.
    known.set(fence.lease, lease)
    if (lease === undefined || lease.epoch !== fence.epoch) return fenced(fence, lease?.epoch)
    if (fence.release === true) yield* Tables.putLease(run, fence.lease, { ...lease, released: true })
    return undefined
  })

/** Loads the uploads of a request. Returns the id of the first upload that is not in the journal. */
const load = (
  run: Run,
  changes: ReadonlyArray<Change>,
  known: Map<string, UploadEntry>,
): Effect.Effect<string | undefined, SqlError | Tables.RowDamaged> =>
  Effect.gen(function* () {
    for (const { id } of changes) {
      if (known.has(id)) continue
      const entry = yield* Tables.uploadById(run, id)
      if (entry === undefined) return id
      known.set(id, entry)
    }
    return undefined
  })
