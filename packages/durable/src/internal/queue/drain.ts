/**
 * Sends the uploads of the queue as its owner.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Latch from "effect/Latch"
import * as Signals from "effect/Queue"
import * as Schedule from "effect/Schedule"
import type * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import type { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { Files } from "@holdfast/c2c/SourceFile"
import type { Uploader } from "@holdfast/c2c/Uploader"
import type { SharedLimits } from "@holdfast/c2c/UploadSession"
import type { Journal } from "../../Journal.ts"
import type { JournalError } from "../../JournalError.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import type { Unrecorded } from "../resume/session.ts"
import * as Backlog from "./backlog.ts"
import * as Candidates from "./candidates.ts"
import * as DevicePause from "./devicePause.ts"
import * as Lanes from "./lanes.ts"
import * as OneUpload from "./oneUpload.ts"
import { most } from "./partsInFlight.ts"
import * as PauseSwitch from "./pauseSwitch.ts"
import * as Proof from "./proof.ts"
import type { Requests } from "./requests.ts"
import * as Review from "./review.ts"
import type { Describe, DrainOptions } from "./types.ts"

/** The running drain of a process. */
export interface Active {
  /** Makes the drain check the queue again. */
  readonly wake: () => void
  readonly isRunning: (id: string) => boolean
  /** Stops an upload for which no caller is waiting, unless the drain sends it anyway. */
  readonly stop: (id: string) => Effect.Effect<void>
}

/** What the drains of a process share. */
export interface Services {
  readonly journal: Journal["Service"]
  readonly upload: Uploader["Service"]["upload"]
  readonly record: RealtimeUploader["Service"]["upload"]
  readonly describe: Describe
  readonly requests: Requests
  /** Opens the files that are added. */
  readonly files: Files
  /** Is held while uploads are added. */
  readonly adding: Semaphore.Semaphore
  readonly limits: (id: string) => SharedLimits
  active: Active | undefined
  /** The number of drains that the program runs or wants to run. */
  drains: number
  /**
   * Is closed while a drain runs for callers that wait for single uploads. The program's own drain waits until that drain
   * ends.
   */
  readonly latch: Latch.Latch
}

interface Running {
  readonly fiber: Fiber.Fiber<unknown>
  readonly bytes: number
  readonly isRecording: boolean
  crashes: number
  canceled: boolean
  /** Whether the asset of the file has been created. */
  hasAsset: boolean
}

/**
 * The shortest time between two readings of the list, in milliseconds. A user's request is carried out within a second, and
 * the journal needs half of that second to notice the request of another process.
 */
const shortest = 250

/** At most this share of the time is spent reading the list, whatever its length. */
const share = 0.1

/** The list is read at least this often, in milliseconds, in case a change was not reported. */
const longest = 10_000

/**
 * The time after which an upload that the journal could not record is begun again, in milliseconds. A drain that ends leaves
 * the upload to the next one.
 */
const begunAgainAfter = 30_000

/** The time after which the list is read again if it could not be read, in milliseconds. */
const readAgainAfter = 1000

/** The errors after which this process must not, or cannot, write to the journal. */
const isFinal = ({ _tag }: JournalError): boolean =>
  _tag === "JournalFenced" || _tag === "JournalOwned" || _tag === "JournalTooNew" || _tag === "JournalMisplaced"

/** Sends the uploads until none is open, or forever. */
export const drain = (services: Services, options: DrainOptions): Effect.Effect<void, JournalError> =>
  Effect.gen(function* () {
    const { journal, limits, requests } = services
    const { forever = false, only, parallel = most } = options
    // More files than parts would only delay the end of each file.
    const files = Math.min(options.files ?? Lanes.defaultFiles, parallel)
    const emit = options.onEvent ?? (() => Effect.void)

    const creating = (yield* journal.list).filter(({ state }) => state === "creating").map(({ id }) => id)
    const owner = yield* journal.own

    const signals = yield* Signals.sliding<void>(1)
    const ended = yield* Deferred.make<never, JournalError>()
    const running = new Map<string, Running>()
    /** The uploads that the journal could not record, with the time on the monotonic clock at which each begins again. */
    const stopped = new Map<string, number>()
    const waiting = Candidates.make()
    const backlog = Backlog.make(journal, owner)
    const pause = PauseSwitch.make()
    const proof = Proof.make(files)
    let isDirty = true
    let listedAt = Number.NEGATIVE_INFINITY
    let interval = shortest
    let unreadableUntil = Number.NEGATIVE_INFINITY

    const signal = () => void Signals.offerUnsafe(signals, undefined)
    const wake = () => {
      isDirty = true
      signal()
    }
    const isDevicePaused = yield* DevicePause.follow(signal)
    const isEligible = ({ id }: UploadRecord) => only === undefined || only.has(id) || requests.has(id)
    const drained: OneUpload.Drain = { ...services, owner, options, emit }
    const review = Review.make({ ...drained, requests, isEligible, creating: new Set(creating) })

    const finish = (id: string, exit: Exit.Exit<Unrecorded | undefined>) =>
      Effect.suspend(() => {
        running.delete(id)
        waiting.delete(id)
        wake()
        if (Exit.isFailure(exit)) return Deferred.failCause(ended, exit.cause)
        const unrecorded = exit.value
        if (unrecorded === undefined) return Effect.void
        if (isFinal(unrecorded.error)) return Deferred.fail(ended, unrecorded.error)
        backlog.add(id, unrecorded)
        return Effect.map(Monotonic.millis, (now) => {
          stopped.set(id, forever ? now + begunAgainAfter : Number.POSITIVE_INFINITY)
        })
      })

    const start = (record: Candidates.Candidate) =>
      Effect.uninterruptible(
        Effect.gen(function* () {
          const { crashes, file, hasAsset, id, isRecording } = record
          const entry = { bytes: file.bytes, crashes, canceled: false, hasAsset, isRecording }
          const job: OneUpload.Job = {
            id,
            limits: pause.over(limits(id)),
            parallel,
            waiting: () => requests.get(id),
            isCanceled: () => entry.canceled,
            onProgress: (isConfirmed) => {
              entry.hasAsset = true
              if (isConfirmed && proof.confirm()) signal()
              if (entry.crashes === 0) return
              // No longer a suspect, so other files may start.
              entry.crashes = 0
              signal()
            },
          }
          waiting.delete(id)
          const run = Effect.flatMap(Effect.exit(OneUpload.run(drained, job)), (exit) => finish(id, exit))
          // Only the upload itself is interruptible, so the end of each upload is known. The drain's scope interrupts it.
          const fiber = yield* Effect.forkDetach(Effect.uninterruptible(run))
          running.set(id, Object.assign(entry, { fiber }))
        }),
      )

    const startNext = Effect.gen(function* () {
      if (pause.isPaused() || !backlog.isEmpty()) return
      const now = yield* Monotonic.millis
      yield* Effect.forEach(waiting.nextRecordings([...running.values()]), start, { discard: true })
      const others = Candidates.inLanes(running.values())
      const next = waiting.next(others, proof.limits(now, others.length > 0), isDevicePaused())
      yield* Effect.forEach(next, start, { discard: true })
    })

    const read = Effect.gen(function* () {
      isDirty = false
      const before = yield* Monotonic.millis
      const records = yield* journal.list
      const paused = yield* journal.paused
      listedAt = yield* Monotonic.millis
      interval = Math.max(shortest, (listedAt - before) / share)
      if (paused !== pause.isPaused()) {
        yield* pause.set(paused)
        yield* emit({ _tag: paused ? "Paused" : "Unpaused" })
      }
      for (const { id, wanted } of records) {
        const entry = running.get(id)
        if (wanted !== "cancel" || entry === undefined || entry.canceled) continue
        entry.canceled = true
        yield* Effect.forkDetach(Fiber.interrupt(entry.fiber))
      }
      if (backlog.isEmpty()) {
        const { changes, error } = yield* review(records.filter(({ id }) => !running.has(id)))
        // What was just carried out is listed with its new state.
        if (changes.length > 0) isDirty = true
        if (error !== undefined) {
          if (isFinal(error)) return yield* error
          backlog.add(undefined, { error, changes })
        }
      }
      waiting.clear()
      for (const record of records) {
        const { id, state } = record
        if (!open.has(state) || record.wanted === "cancel" || !isEligible(record)) continue
        if (!running.has(id) && (stopped.get(id) ?? 0) <= listedAt) waiting.add(record)
      }
    })

    /** When the list is due to be read. An idle drain reads the list at once, because it may be about to end. */
    const readDueAt = () =>
      Math.max(unreadableUntil, isDirty ? (running.size === 0 ? listedAt : listedAt + interval) : listedAt + longest)

    /** Reads the list if it is due. Running uploads continue if the list cannot be read. */
    const readIfDue = Effect.gen(function* () {
      if ((yield* Monotonic.millis) < readDueAt()) return
      yield* Effect.catchIf(
        read,
        (error) => !isFinal(error) && (forever || running.size > 0),
        () =>
          Effect.map(Monotonic.millis, (now) => {
            isDirty = true
            unreadableUntil = now + readAgainAfter
          }),
      )
    })

    /**
     * Writes what could not be written before. Fails if the journal still cannot be written and nothing else is left to do.
     */
    const catchUp = Effect.gen(function* () {
      const outcome = yield* backlog.write
      if (outcome === undefined) return
      if (outcome._tag === "Written") {
        isDirty = true
        return
      }
      if (isFinal(outcome.error) || (!forever && running.size === 0)) return yield* outcome.error
    })

    const wait = Effect.gen(function* () {
      const now = yield* Monotonic.millis
      const provenAt = waiting.hasComplete() ? proof.dueAt(now) : Number.POSITIVE_INFINITY
      const millis = Math.max(0, Math.min(readDueAt(), provenAt, backlog.dueAt()) - now)
      yield* Effect.raceFirst(Signals.take(signals), Effect.sleep(millis))
    })

    const isIdle = () => running.size === 0 && waiting.isEmpty() && !isDirty && backlog.isEmpty()

    const loop: Effect.Effect<void, JournalError> = Effect.gen(function* () {
      for (;;) {
        yield* catchUp
        yield* readIfDue
        yield* startNext
        if (!forever && isIdle()) return
        yield* wait
      }
    })

    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => Fiber.interruptAll(Array.from(running.values(), ({ fiber }) => fiber))),
    )
    const stop = (id: string) =>
      Effect.suspend(() => {
        const entry = running.get(id)
        return entry === undefined || only === undefined || only.has(id) ? Effect.void : Fiber.interrupt(entry.fiber)
      })
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        services.active = { wake, isRunning: (id) => running.has(id), stop }
      }),
      () =>
        Effect.sync(() => {
          services.active = undefined
        }),
    )
    const changes = Stream.runForEach(journal.changes, () => Effect.sync(wake)).pipe(
      Effect.retry({ schedule: Schedule.spaced(readAgainAfter), while: (error) => !isFinal(error) }),
    )
    yield* Effect.forkScoped(changes.pipe(Effect.catch((error) => Deferred.fail(ended, error))))
    yield* Effect.raceFirst(loop, Deferred.await(ended))
  }).pipe(Effect.scoped)
