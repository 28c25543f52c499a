/**
 * The state of one `upload` run: its files, its counts, its clock, and the text that describes them.
 */
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type * as Gate from "@holdfast/core/Gate"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { GateName } from "@holdfast/core/Verdict"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Outcome } from "../process/ExitCode.ts"
import * as Format from "../terminal/Format.ts"
import type { Output } from "../terminal/Output.ts"
import type * as Event from "./Event.ts"
import * as Entries from "./files/Entries.ts"
import * as Files from "./files/Files.ts"
import type { Snapshot } from "./progress/ProgressView.ts"
import * as Tally from "./Tally.ts"
import * as UploadEvents from "./UploadEvents.ts"
import * as Waiting from "./progress/Waiting.ts"

/** How often each gate closed, and the time, in milliseconds, during which calls were waiting at it. */
export type GateStats = Readonly<Record<GateName, Gate.Stats>>

/** The state of one run. */
export interface UploadState {
  readonly tally: Tally.Tally
  readonly emit: (event: Event.Untimed) => Effect.Effect<void>
  readonly files: Pick<Entries.Entries, "total" | "at" | "open" | "kept" | "outcomes" | "counts">
  readonly update: (index: number, change: Partial<Files.Entry>) => void
  /** Adds a file that an earlier run left in the queue. Returns the position of the file. */
  readonly add: (path: string, bytes: number) => number
  /** Records an event from the upload of a file. */
  readonly observe: (index: number, event: RealtimeEvent | UploadEvent) => Effect.Effect<void>
  /** Records the progress of a file that another process sends. */
  readonly follow: (index: number, bytes: number, confirmed: number) => Effect.Effect<void>
  /** Records a change in the state of the gates. */
  readonly gates: (change: Partial<Waiting.Gates>) => void
  /** Records the project and the status of the device, for the progress view. */
  readonly device: (text: string | undefined) => void
  /** The current content of the progress view; `undefined` until the upload of the first file has started. */
  readonly snapshot: Effect.Effect<Snapshot | undefined>
  readonly elapsed: Effect.Effect<number>
  /** The last known statistics of the gates. They remain available after the scope of the gates has closed. */
  readonly stats: { current: GateStats }
}

const none: Gate.Stats = { closed: 0, waitedMs: 0 }

/** Creates the state of a run and starts its clock. */
export const make = (options: {
  readonly paths: ReadonlyArray<string>
  readonly json: boolean
  readonly output: Output["Service"]
  /** The number of finished files that are kept. Default: all. */
  readonly keep?: number | undefined
}): Effect.Effect<UploadState> =>
  Effect.gen(function* () {
    const startedAt = yield* Monotonic.millis
    const elapsed = Effect.map(Monotonic.millis, (now) => Math.floor(now - startedAt))
    const files = Entries.make(options.paths.map(Files.make), options.keep)
    let gates = Waiting.open
    let note: string | undefined
    let device: string | undefined

    const emit = (event: Event.Untimed): Effect.Effect<void> =>
      options.json
        ? Effect.flatMap(Effect.all([elapsed, timeOfDay]), ([at, time]) => {
            const { type, ...rest } = event
            return options.output.json({ type, at, time, ...rest })
          })
        : Effect.void

    const tally = Tally.make({
      failure: (error, attempt) => {
        note = `after ${error}`
        return emit({ type: "failure", error, attempt })
      },
      retry: (error, waitMs) => {
        note = `after ${error}, retry in ${Format.elapsed(waitMs)}`
        return emit({ type: "retry", error, waitMs: Math.round(waitMs) })
      },
    })

    return {
      tally,
      emit,
      elapsed,
      files,
      update: files.update,
      add: (path, bytes) => files.add({ ...Files.make(path), bytes }),
      gates: (change) => {
        gates = { ...gates, ...change }
      },
      device: (text) => {
        device = text
      },
      observe: (index, event) =>
        Effect.flatMap(Monotonic.millis, (now) => {
          files.observe(index, event, now)
          const entry = files.at(index)
          if (entry === undefined) return Effect.void
          if (event._tag === "ChunkConfirmed") note = undefined
          return emit(UploadEvents.of(entry.path, event))
        }),
      follow: (index, bytes, confirmed) =>
        Effect.map(Monotonic.millis, (now) => files.follow(index, bytes, confirmed, now)),
      snapshot: Effect.map(Effect.all([Monotonic.millis, Clock.currentTimeMillis]), ([now, date]) => {
        if (!files.isBegun()) return undefined
        const { active, sum } = files.readings(now)
        return {
          files: active.map(({ entry: { path }, index, reading }) => ({
            path,
            name: baseName(path),
            position: index + 1,
            reading,
          })),
          run: { files: files.total(), finished: files.finished(), reading: sum },
          retries: tally.counts().retries,
          waiting: Waiting.describe(gates, date),
          note,
          device,
        }
      }),
      stats: { current: { connectivity: none, authorization: none } },
    }
  })

const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

const timeOfDay = Effect.map(Clock.currentTimeMillis, (now) => DateTime.formatIso(DateTime.makeUnsafe(now)))

/** Rounds the waiting time to whole milliseconds. */
const whole = ({ closed, waitedMs }: Gate.Stats): Gate.Stats => ({ closed, waitedMs: Math.round(waitedMs) })

const outcomeOf = (outcome: Outcome, counts: Event.Summary["counts"]): Event.Summary["outcome"] => {
  if (outcome === "interrupted") return "interrupted"
  if (outcome === "unproven" || (outcome === "ok" && counts.unverified > 0)) return "unverified"
  if (outcome === "ok") return counts.queued > 0 ? "queued" : "uploaded"
  return counts.uploaded > 0 ? "partial" : "failed"
}

/** Builds the summary of a run from its current state. */
export const summary = (run: UploadState, outcome: Outcome, exitCode: number): Effect.Effect<Event.Summary> =>
  Effect.map(Effect.all([run.elapsed, timeOfDay]), ([elapsedMs, time]) => {
    const files = run.files.kept().map(Files.summarize)
    const counts = run.files.counts()
    const { attempts, retries, errors } = run.tally.counts()
    const { authorization, connectivity } = run.stats.current
    return {
      type: "summary",
      time,
      outcome: outcomeOf(outcome, counts),
      exitCode,
      files,
      counts,
      attempts,
      retries,
      errors,
      gates: { connectivity: whole(connectivity), authorization: whole(authorization) },
      elapsedMs,
    }
  })
