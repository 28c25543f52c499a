/**
 * Adds the files of a run to the queue and sends the queue, or follows the process that sends it.
 */
import { AssetCreationUncertain } from "@holdfast/c2c/AssetCreationUncertain"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import type { LocalFileError } from "@holdfast/c2c/LocalFileError"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Retry from "@holdfast/core/Retry"
import * as Verdict from "@holdfast/core/Verdict"
import type { JournalError } from "@holdfast/durable/JournalError"
import type { FailedUpload, QueueEvent } from "@holdfast/durable/Queue"
import { Queue } from "@holdfast/durable/Queue"
import { open, type UploadRecord } from "@holdfast/durable/UploadRecord"
import { Recorder } from "@holdfast/http/Recorder"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import type { Failures } from "./failures/Failures.ts"
import type * as Files from "./files/Files.ts"
import type { UploadState } from "./State.ts"

/** The interval at which a process that follows another one tries to take over, in case the other process ends. */
const takeOverEvery = "1 second"

/** Handles the results of the files. */
export interface Results {
  readonly done: (index: number, receipt: UploadReceipt) => Effect.Effect<void, never, Output>
  readonly failed: (index: number, error: FailedUpload, failures: Failures) => Effect.Effect<void, never, Output>
  readonly event: (event: UploadEvent) => Effect.Effect<void>
}

/** The options for the uploads of the run. */
export interface Options {
  /** The greatest number of chunks in flight. */
  readonly parallel: number
  readonly createAgain: boolean
  /** Whether files are left out whose content was already uploaded. Default: no. */
  readonly skipUploaded?: boolean
  readonly acceptUnverified: boolean
  readonly verifySource: boolean
  /** The exchanges that have failed in this run. */
  readonly failures: Failures
  /** Adds more files while the queue is sent, which then does not end. Default: the run ends after the last file. */
  readonly more?: Effect.Effect<void, JournalError, Queue | Output> | undefined
}

/**
 * Tracks whether the run needs a token to continue: no file is being sent whose asset exists, and a file waits for its asset.
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
    event: (id: string, { _tag }: UploadEvent) =>
      update(() => {
        if (_tag === "AssetCreated" || _tag === "Resumed") without.delete(id)
        if (_tag === "Recreated") without.add(id)
      }),
  }
}

/** The files of the run by the identifiers of their uploads. */
type Indexes = Map<string, number>

/**
 * Adds every file that has no outcome yet. If a file cannot be added, the file fails, and the other files are added.
 */
export const add = (
  run: UploadState,
  options: Options,
  results: Results,
): Effect.Effect<Indexes, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const waiting = [...run.entries().entries()].filter(([, { outcome }]) => outcome === undefined)
    const { createAgain, skipUploaded = false } = options
    const request = (path: string) => ({ path, createAgain, skipUploaded })
    const all = queue.add(waiting.map(([, { path }]) => request(path)))
    const indexes: Indexes = new Map()
    /** Files for which an earlier run may have created an asset. The queue does not send them before a person decides. */
    const uncertain = new Map<number, UploadRecord>()
    const put = (index: number, record: UploadRecord | undefined) => {
      if (record === undefined) return
      if (record.state === "done") run.update(index, known(record))
      else if (record.state === "uncertain" && !createAgain) uncertain.set(index, record)
      else indexes.set(record.id, index)
    }
    const single = ([index, { path }]: (typeof waiting)[number]) =>
      queue.add([request(path)]).pipe(
        // A busy file may be available a moment later.
        Effect.retry({ schedule: Retry.policy(), while: isOfFile }),
        Effect.matchEffect({
          onSuccess: ([record]) => Effect.sync(() => put(index, record)),
          onFailure: (error) => (isOfFile(error) ? results.failed(index, error, options.failures) : Effect.fail(error)),
        }),
      )
    yield* Effect.matchEffect(all, {
      onSuccess: (records) => Effect.sync(() => waiting.forEach(([index], n) => put(index, records[n]))),
      onFailure: (error) =>
        isOfFile(error) ? Effect.forEach(waiting, single, { concurrency: 16, discard: true }) : Effect.fail(error),
    })
    for (const [index, record] of uncertain) yield* results.failed(index, lost(record), options.failures)
    yield* Effect.flatMap(queue.list, (records) => left(run, indexes, records))
    return indexes
  })

/** The error of a file whose creation request was sent by an earlier run that did not record a response. */
const lost = ({ name, path }: UploadRecord): AssetCreationUncertain =>
  new AssetCreationUncertain({
    asset: name ?? Path.basename(path),
    cause: new Error("an earlier run stopped before the response was recorded"),
    verdict: Verdict.never({ change: "human" }),
  })

/** Adds the open uploads of earlier runs to this run, and says so. */
const left = (run: UploadState, indexes: Indexes, records: ReadonlyArray<UploadRecord>) => {
  const others = records.filter(({ id, state }) => open.has(state) && !indexes.has(id))
  for (const { file, id, path } of others) indexes.set(id, run.add(path, file.bytes))
  if (others.length === 0) return Effect.void
  const count = Format.count(others.length, "file", "files")
  return Output.use((output) =>
    output.message(`holdfast: continuing with ${count} that an earlier run left in the queue`),
  )
}

/** The state of a file whose content was uploaded before. */
const known = ({ assetId, chunks = 0, file }: UploadRecord): Partial<Files.Entry> => ({
  outcome: "ok",
  alreadyUploaded: true,
  verified: true,
  bytes: file.bytes,
  assetId,
  chunks,
})

const isOfFile = (error: JournalError | LocalFileError): error is LocalFileError => !error._tag.startsWith("Journal")

/**
 * Sends the queue until it has no open upload, or follows another process until the files of this run have ended.
 *
 * **Details**
 *
 * The run includes uploads that an earlier run left. If the process that sends the queue ends, this process takes over.
 */
export const drain = (
  run: UploadState,
  indexes: Indexes,
  needed: Latch.Latch,
  options: Options,
  results: Results,
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const output = yield* Output
    const need = makeNeed(needed)
    const failures = new Map<string, Failures>()
    let isOwner = true
    // The queue is read after each change only while another process sends it.
    const isFollowing = yield* Latch.make(false)
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
        Effect.sync(() => failures.delete(id)),
        need.ended(id),
      )

    const onEvent = (event: QueueEvent): Effect.Effect<void, never, Output> => {
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
        case "Paused":
          run.gates({ paused: true })
          return output.message("holdfast: the queue is paused; run holdfast queue resume")
        case "Unpaused":
          run.gates({ paused: false })
          return output.message("holdfast: the queue is no longer paused")
        case "Canceled":
          return Effect.andThen(
            Effect.sync(() => cancel(run, indexOf(event.record))),
            ended(event.record.id),
          )
      }
    }

    const send: Effect.Effect<void, JournalError> = queue
      .drain({
        onEvent: (event) => Effect.provideService(onEvent(event), Output, output),
        around: (upload, { id }) => Effect.provideService(upload, Recorder, failuresOf(id).recorder),
        onUnverified: options.acceptUnverified ? "accept" : "fail",
        verifySource: options.verifySource,
        onStorageOutage: "hold",
        parallel: options.parallel,
        forever: options.more !== undefined,
      })
      .pipe(
        Effect.catchTag("JournalOwned", () =>
          Effect.gen(function* () {
            if (isOwner) yield* output.message("holdfast: another process is sending the queue; this run follows it")
            isOwner = false
            yield* isFollowing.open
            yield* Effect.sleep(takeOverEvery)
            return yield* send
          }),
        ),
      )

    const follow = queue.changes.pipe(
      Stream.takeUntil((records) => {
        for (const record of records) {
          const index = indexes.get(record.id)
          if (index !== undefined) mirror(run, index, record)
        }
        return options.more === undefined && run.entries().every(({ outcome }) => outcome !== undefined)
      }),
      Stream.runDrain,
    )
    yield* Effect.raceFirst(send, Effect.andThen(isFollowing.await, follow))
  })

/** Marks a file as canceled. */
const cancel = (run: UploadState, index: number): void => {
  const message = "canceled by a command in another process"
  run.update(index, { outcome: "some", skipped: true, error: { tag: "Canceled", message } })
}

/** Copies the state of an upload in another process to the file of this run. */
const mirror = (run: UploadState, index: number, record: UploadRecord): void => {
  if (run.entries()[index]?.outcome !== undefined) return
  const { assetId, chunks = 0, error, file, state } = record
  run.update(index, { begun: state !== "queued", bytes: file.bytes, assetId, chunks })
  if (state === "done") {
    run.update(index, { outcome: "ok", verified: true, resumed: record.resumed, resentBytes: record.resentBytes })
  } else if (state === "canceled") {
    cancel(run, index)
  } else if (state === "failed" || state === "uncertain") {
    const { exitCode = ExitCode.code("some"), message = state, tag = state } = error ?? {}
    run.update(index, { outcome: outcomeOf(exitCode), error: { tag, message } })
  }
}

/** Returns the outcome with an exit code. */
const outcomeOf = (exitCode: number): Outcome => ExitCode.outcomeOf(exitCode) ?? "some"
