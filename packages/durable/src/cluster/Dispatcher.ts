/**
 * Starts the workflows of the uploads in the journal, on one runner of the cluster at a time.
 */
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { Sharding } from "effect/cluster/Sharding"
import * as Singleton from "effect/cluster/Singleton"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Signals from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { WorkflowEngine } from "effect/workflow/WorkflowEngine"
import * as Dispatch from "../internal/cluster/dispatch.ts"
import { Journal } from "../Journal.ts"
import { open, type UploadRecord } from "../UploadRecord.ts"
import { defaultDevice } from "./DeviceClients.ts"
import { UploadWorkflow } from "./UploadWorkflow.ts"

/** The options of the dispatcher. */
export interface Options {
  /**
   * The number of uploads whose workflows run at once in the whole cluster. Default: 96, enough for four runners with 8 files at
   * once whose shards have unequal shares. More workflows cost memory on the runners, and begin uploads out of order.
   */
  readonly atOnce?: number | undefined
}

/** The journal is read at most once in this time, and after a change of it. */
const shortest = "500 millis"

/** The journal is read at least once in this time, in case a change was not reported. */
const longest = "5 seconds"

/** The time after which something that failed is tried again. */
const tryAgainAfter = "1 second"

/** How often the dispatcher looks for workflows that ended and left their uploads open, in milliseconds. */
const reviewEvery = 15_000

const payloadOf = ({ device = defaultDevice, id, run }: UploadRecord) => ({ upload: id, device, run })

const dispatch = (most: number) =>
  Effect.gen(function* () {
    const journal = yield* Journal
    const started = new Map<string, number>()
    const signals = yield* Signals.sliding<void>(1)
    const wake = Effect.sync(() => void Signals.offerUnsafe(signals, undefined))
    let reviewedAt = yield* Monotonic.millis

    /** Carries out a request. The request is read again as the owner, because another dispatcher may have been quicker. */
    const carryOut = ({ id }: UploadRecord) =>
      Effect.gen(function* () {
        const before = yield* journal.get(id)
        if (before === undefined || !Dispatch.isRequested(before)) return
        const owner = yield* journal.ownUpload(id)
        const record = yield* journal.get(id)
        if (record !== undefined) yield* owner.write(...Dispatch.changesOf(record))
      }).pipe(Effect.scoped)

    const start = (record: UploadRecord) =>
      Effect.map(UploadWorkflow.execute(payloadOf(record), { discard: true }), () => {
        started.set(record.id, record.run)
      })

    /** Begins another run of an upload whose workflow ended and left the upload open, for example because of a bug. */
    const review = (record: UploadRecord) =>
      Effect.gen(function* () {
        const { id, run } = record
        const result = yield* UploadWorkflow.poll(yield* UploadWorkflow.executionId(payloadOf(record)))
        if (result._tag === "None" || result.value._tag !== "Complete") return
        const now = yield* journal.get(id)
        if (now === undefined || now.run !== run || !open.has(now.state)) return
        yield* Effect.logWarning("the workflow of an open upload has ended, so another run begins", { upload: id })
        const owner = yield* journal.ownUpload(id)
        yield* owner.write({ _tag: "Rerun", id, run: run + 1 })
      }).pipe(Effect.scoped)

    const look = Effect.gen(function* () {
      // Of the first waiting uploads, as many may have been started.
      const records = yield* journal.next(most + started.size, new Set(started.keys()))
      const isPaused = yield* journal.paused
      const byId = new Map(records.map((record) => [record.id, record]))
      for (const [id, run] of started) {
        const record = byId.get(id)
        if (record === undefined || (record.run === run && !open.has(record.state))) started.delete(id)
      }
      yield* Effect.forEach(records.filter(Dispatch.isRequested), carryOut, { discard: true })
      yield* Effect.forEach(Dispatch.starts(records, started, isPaused, most), start, { discard: true })
      const now = yield* Monotonic.millis
      if (now - reviewedAt < reviewEvery) return
      reviewedAt = now
      const running = records.filter(({ id, run, state }) => open.has(state) && started.get(id) === run)
      yield* Effect.forEach(running, review, { discard: true })
    })

    const changes = Stream.runForEach(journal.changes, () => wake).pipe(
      Effect.retry(Schedule.spaced(tryAgainAfter)),
      Effect.ignore,
    )
    yield* Effect.forkScoped(changes)
    return yield* look.pipe(
      // The engine reports a lost database as a defect.
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.interrupt
          : Effect.andThen(
              Effect.logWarning("the uploads could not be dispatched", Cause.squash(cause)),
              Effect.sleep(tryAgainAfter),
            ),
      ),
      Effect.andThen(Effect.sleep(shortest)),
      Effect.andThen(Effect.raceFirst(Signals.take(signals), Effect.sleep(longest))),
      Effect.forever,
    )
  }).pipe(Effect.scoped)

/**
 * Runs the dispatcher on one runner of the cluster at a time.
 *
 * **Details**
 *
 * The dispatcher reads the journal, to which any process adds uploads, and starts one workflow for each open upload: uploads
 * that were begun first, then those with higher priority, in the order in which they were added. It carries out requests for
 * uploads that no workflow has, for example the retry of a failed one. While the queue is paused, it starts no upload. When its
 * runner stops, another runner takes over, and starts of workflows that run already have no effect. It reads only the uploads that
 * are running and those that are next, so its CPU time and memory do not grow with the queue.
 */
export const layerWith = (options: Options = {}): Layer.Layer<never, never, Journal | Sharding | WorkflowEngine> => {
  const most = InvalidPolicy.reader("Dispatcher").integer("atOnce", options.atOnce ?? 96, { min: 1 })
  return Singleton.make("holdfast/Dispatcher", dispatch(most))
}

/** Runs the dispatcher with the default options. */
export const layer: Layer.Layer<never, never, Journal | Sharding | WorkflowEngine> = Layer.suspend(() => layerWith())
