/**
 * Sends the queue, or follows the process that sends it.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { JournalError } from "@holdfast/durable/JournalError"
import type { QueueEvent } from "@holdfast/durable/Queue"
import { Queue } from "@holdfast/durable/Queue"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Recorder } from "@holdfast/http/Recorder"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import { willBeSent } from "../queue/Actions.ts"
import { Output } from "../terminal/Output.ts"
import * as Adding from "./Adding.ts"
import type { Failures } from "./failures/Failures.ts"
import * as Following from "./Following.ts"
import type { UploadState } from "./State.ts"

/** The interval at which a process that follows another one tries to take over, in case the other process ends. */
const takeOverEvery = "1 second"

/** Handles the results of the files. */
export interface Results extends Following.Results {
  readonly event: (event: RealtimeEvent | UploadEvent) => Effect.Effect<void>
}

/** The options for the uploads of the run. */
export interface Options extends Adding.Options {
  /** The maximum number of chunks in flight. */
  readonly parallel: number
  readonly acceptUnverified: boolean
  readonly verifySource: boolean
  /** Whether parts of a recording are sent again if the recorder has changed them. Default: the recording fails. */
  readonly resendRewritten?: boolean
  /** Adds more files while the queue is being sent; the run then does not end. Default: the run ends after the last file. */
  readonly more?: Effect.Effect<void, JournalError, Queue | Output> | undefined
}

/**
 * Tracks whether the run needs a token to continue: no file that already has an asset is being sent, and a file waits for its
 * asset.
 */
const makeNeed = (needed: Latch.Latch) => {
  const active = new Set<string>()
  const without = new Set<string>()
  const update = (change: () => void) =>
    Effect.suspend(() => {
      change()
      return Effect.asVoid(active.size === without.size ? needed.open : needed.close)
    })
  return {
    began: (id: string) =>
      update(() => {
        active.add(id)
        without.add(id)
      }),
    ended: (id: string) =>
      update(() => {
        active.delete(id)
        without.delete(id)
      }),
    event: (id: string, { _tag }: RealtimeEvent | UploadEvent) =>
      update(() => {
        if (_tag === "AssetCreated" || _tag === "Resumed") without.delete(id)
        if (_tag === "Recreated") without.add(id)
      }),
  }
}

/**
 * Sends the queue until it has no open upload, or follows another process until the files of this run have ended.
 *
 * **Details**
 *
 * A run that sends the queue includes the uploads that an earlier run left. A run that follows another process includes them
 * only if it has no file of its own. If the process that sends the queue ends, this process takes over.
 */
export const drain = (
  run: UploadState,
  indexes: Adding.Indexes,
  needed: Latch.Latch,
  options: Options,
  results: Results,
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const output = yield* Output
    const need = makeNeed(needed)
    const failures = new Map<string, Failures>()
    const isEndless = options.more !== undefined
    // The queue is read after each change only while another process sends it.
    const isFollowing = yield* Latch.make(false)
    let role: "unknown" | "owner" | "follower" = "unknown"

    const indexOf = ({ id, path, file }: UploadRecord): number => {
      const known = indexes.get(id)
      if (known !== undefined) return known
      const index = run.add(path, file.bytes)
      indexes.set(id, index)
      return index
    }
    const failuresOf = (id: string): Failures => {
      const known = failures.get(id) ?? options.failures.branch()
      failures.set(id, known)
      return known
    }
    const ended = (id: string) =>
      Effect.andThen(
        Effect.sync(() => {
          failures.delete(id)
          // A run without an end must not grow. If the file is retried, it counts as another file.
          if (isEndless) indexes.delete(id)
        }),
        need.ended(id),
      )
    const provided = <A, E>(effect: Effect.Effect<A, E, Queue | Output>): Effect.Effect<A, E> =>
      effect.pipe(Effect.provideService(Queue, queue), Effect.provideService(Output, output))

    /** Runs before the first event, which proves that this process sends the queue. */
    const begin = Effect.suspend(() => {
      if (role === "owner") return Effect.void
      const wasFollower = role === "follower"
      role = "owner"
      const say = wasFollower
        ? output.message("holdfast: the other process has stopped; this run sends the queue now")
        : Effect.void
      // If the journal cannot be read, the drain fails with the same error.
      return Effect.andThen(say, Effect.ignore(Adding.takeRest(run, indexes, isEndless)))
    })

    const onEvent = (event: QueueEvent): Effect.Effect<void, never, Queue | Output> => {
      switch (event._tag) {
        case "Started":
          return Effect.flatMap(Monotonic.millis, (begunAt) => {
            const { file, id } = event.record
            run.update(indexOf(event.record), { begun: true, begunAt, bytes: file.bytes })
            return need.began(id)
          })
        case "Upload": {
          const { id, event: inner } = event
          return need
            .event(id, inner)
            .pipe(
              Effect.andThen(Effect.suspend(() => run.observe(indexes.get(id) ?? -1, inner))),
              Effect.andThen(results.event(inner)),
            )
        }
        case "Done":
          return Effect.andThen(results.done(indexOf(event.record), event.receipt), ended(event.record.id))
        case "Failed":
          return Effect.andThen(
            results.failed(indexOf(event.record), event.error, failuresOf(event.record.id)),
            ended(event.record.id),
          )
        case "Canceled":
          return Effect.andThen(results.ended(indexOf(event.record), Following.canceled), ended(event.record.id))
        case "Paused":
          run.gates({ paused: true })
          return output.message("holdfast: the queue is paused; run holdfast queue resume")
        case "Unpaused":
          run.gates({ paused: false })
          return output.message("holdfast: the queue is no longer paused")
      }
    }

    const beginFollowing = Effect.gen(function* () {
      if (role === "follower") return
      role = "follower"
      // The other process needs the token.
      yield* needed.close
      yield* output.message(
        isEndless
          ? "holdfast: another process is sending the queue; this run adds files to it"
          : "holdfast: another process is sending the queue; this run follows it",
      )
      if (run.files.total() === 0) yield* Adding.takeRest(run, indexes, isEndless)
      yield* isFollowing.open
    })

    const send: Effect.Effect<void, JournalError, Queue | Output> = queue
      .drain({
        onEvent: (event) =>
          provided(
            Effect.andThen(
              begin,
              Effect.suspend(() => onEvent(event)),
            ),
          ),
        around: (upload, { id }) => Effect.provideService(upload, Recorder, failuresOf(id).recorder),
        onUnverified: options.acceptUnverified ? "accept" : "fail",
        verifySource: options.verifySource,
        onRewrite: options.resendRewritten === true ? "resend" : "fail",
        onStorageOutage: "hold",
        parallel: options.parallel,
        forever: isEndless,
      })
      .pipe(
        Effect.catchTag("JournalOwned", () =>
          beginFollowing.pipe(Effect.andThen(Effect.sleep(takeOverEvery)), Effect.andThen(Effect.suspend(() => send))),
        ),
      )

    const mirror = (records: ReadonlyArray<UploadRecord>) => {
      if (isEndless) for (const record of records) if (willBeSent(record)) indexOf(record)
      return Effect.andThen(
        Following.mirror(run, indexes, records, results),
        Effect.sync(() => {
          if (!isEndless) return
          for (const [id, index] of indexes) if (run.files.at(index)?.outcome !== undefined) indexes.delete(id)
        }),
      )
    }

    const follow = queue.changes.pipe(
      Stream.takeUntilEffect((records) =>
        Effect.gen(function* () {
          if (role !== "follower") return true
          yield* mirror(records)
          return !isEndless && run.files.open().length === 0
        }),
      ),
      Stream.runDrain,
    )

    // A file that was removed from the queue, or that another process has sent, ends without an event.
    const settle = Effect.flatMap(queue.list, (records) => Following.mirror(run, indexes, records, results))
    const work = Effect.raceFirst(
      Effect.andThen(send, settle),
      Effect.andThen(
        follow,
        unlessOwner(() => role),
      ),
    )
    yield* options.more === undefined ? work : Effect.raceFirst(work, Effect.andThen(options.more, Effect.never))
  })

/** Never ends if this process sends the queue. */
const unlessOwner = (role: () => string): Effect.Effect<void> =>
  Effect.suspend(() => (role() === "follower" ? Effect.void : Effect.never))
