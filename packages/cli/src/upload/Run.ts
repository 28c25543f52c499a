/**
 * Uploads the files of a run through the queue. Meanwhile, other fibers watch the gates, request a sign-in and show the
 * progress.
 */
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import { Authorization } from "@holdfast/core/Authorization"
import { Connectivity } from "@holdfast/core/Connectivity"
import type * as Gate from "@holdfast/core/Gate"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { GateName } from "@holdfast/core/Verdict"
import type { JournalError } from "@holdfast/durable/JournalError"
import type { Timetable } from "@holdfast/durable/Bandwidth"
import type { Queue } from "@holdfast/durable/Queue"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Remedy from "../network/Remedy.ts"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import * as HomeRemedy from "../process/HomeRemedy.ts"
import type { PersonError } from "../process/PersonError.ts"
import { LocalProblem, NotQueued } from "../process/PersonError.ts"
import type { Person } from "../signIn/Person.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as Adding from "./Adding.ts"
import * as Announcements from "./Announcements.ts"
import * as Device from "./Device.ts"
import * as Drain from "./Drain.ts"
import * as FailureReport from "./failures/FailureReport.ts"
import type { Failures } from "./failures/Failures.ts"
import * as Files from "./files/Files.ts"
import * as Outage from "./Outage.ts"
import * as Progress from "./progress/Progress.ts"
import * as SignIn from "./SignIn.ts"
import type { UploadState } from "./State.ts"
import * as Stored from "./files/Stored.ts"
import * as UploadView from "./View.ts"

/** The options of a run. */
export interface Options {
  readonly api: string
  /** Whether the API is the sandbox inside this process. */
  readonly embedded: boolean
  /** Whether the run waits for a sign-in. Default: yes. */
  readonly pair?: boolean
  /** The maximum time that a call waits for a sign-in. Default: none. */
  readonly pairWait?: Duration.Duration | undefined
  /** The time limit for the API's first response. Default: none. */
  readonly firstContact?: Duration.Duration | undefined
  readonly parallel: number
  readonly createAgain: boolean
  /** Whether a file is considered uploaded if the storage did not provide proof. */
  readonly acceptUnverified: boolean
  /** Whether each file is read again and compared with the bytes that were sent. */
  readonly verifySource: boolean
  /** Whether parts of a recording are sent again if the recorder has changed them. Default: the recording fails. */
  readonly resendRewritten?: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** The exchanges that have failed so far. */
  readonly failures: Failures
  /** The directory in which the exchange that caused a failure is saved. */
  readonly home: FailureReport.Home
  /** Whether the files are only added to the queue. Default: no. */
  readonly detach?: boolean
  /** The bandwidth limit. Default: none. */
  readonly bandwidth?: Timetable | undefined
  /** The device of a cluster to which the files belong. Default: the default device. */
  readonly device?: string | undefined
  /** Whether to leave out files whose content was already uploaded. Default: no. */
  readonly skipUploaded?: boolean
  /** Adds more files while the queue is being sent. Default: the run ends after the last file. */
  readonly more?: Drain.Options["more"]
}

/** Prints a user error on one line. */
export const complain = (message: string, exitCode: number, json: boolean, run: UploadState | undefined) =>
  Effect.gen(function* () {
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    yield* output.message(`${style.bad("holdfast:")} ${message}`)
    if (run !== undefined && json) yield* run.emit({ type: "error", message, exitCode })
  })

/** Marks a file as failed and prints the reason. The effect succeeds with the printed text. */
export const failed = (
  run: UploadState,
  index: number,
  tag: string,
  outcome: Outcome,
  { problem, remedy }: { readonly problem: string; readonly remedy?: string },
): Effect.Effect<string, never, Output> =>
  Effect.gen(function* () {
    const path = run.files.at(index)?.path ?? ""
    // Such a name cannot be printed. The problem has it escaped.
    const isNamed = tag === "NameNotUtf8" || problem.includes(path)
    const message = `${isNamed ? "" : `${path}: `}${problem}${remedy === undefined ? "" : `; ${remedy}`}`
    run.update(index, { outcome, error: { tag, message } })
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    yield* output.message(`${style.bad("holdfast:")} ${message}`)
    yield* run.emit({
      type: "file",
      path,
      outcome: outcome === "unproven" ? "unverified" : "failed",
      error: { tag, message, exitCode: ExitCode.code(outcome) },
    })
    return message
  })

/**
 * Records that a file has been uploaded. The receipt proves that the file is stored. For the sandbox inside this process, the
 * stored bytes that the sandbox reports are also checked.
 */
const finished = (run: UploadState, index: number, receipt: UploadReceipt, options: Options) =>
  Effect.gen(function* () {
    const { assetId, bytes, chunks, resentBytes, resumed, unproven, verified } = receipt
    // The queue stores absolute paths.
    const path = run.files.at(index)?.path ?? receipt.path
    run.update(index, { bytes, chunks, assetId, unproven, resumed, resentBytes })
    const stored = options.embedded ? yield* Stored.asset(options.api, assetId) : undefined
    const local = stored === undefined ? undefined : yield* Stored.sha256(path)
    const sha256 = stored?.complete === true ? stored.sha256 : undefined
    run.update(index, { sha256 })
    if (stored !== undefined && local === undefined) {
      yield* failed(run, index, "ReadFailed", "local", {
        problem: "the file cannot be read again, so it cannot be compared with the bytes that the sandbox stored",
        remedy: "check the file and its disk",
      })
      return
    }
    if (stored !== undefined && sha256 !== local) {
      yield* failed(run, index, "IntegrityMismatch", "integrity", {
        problem: `the server stored different bytes (sha256 ${sha256 ?? "of an incomplete file"}, the file has ${local})`,
        remedy: "run the command again",
      })
      return
    }
    run.update(index, { outcome: "ok", verified })
    yield* run.emit({ type: "file", path, outcome: unproven > 0 ? "unverified" : "uploaded" })
    if (options.json) return
    const entry = run.files.at(index)
    if (entry === undefined) return
    const output = yield* Output
    const elapsed = (yield* Monotonic.millis) - entry.begunAt
    for (const line of UploadView.file(Files.summarize(entry), elapsed, Style.make(output.stdout.canColor))) {
      yield* output.data(line)
    }
  })

/**
 * Returns the function that prints a failed file with its remedy, and that saves and explains the exchange that caused the
 * failure.
 */
export const reporting =
  (run: UploadState, { api, home, json }: Pick<Options, "api" | "home" | "json">): Adding.Results["failed"] =>
  (index, error, failures) =>
    Effect.gen(function* () {
      const path = run.files.at(index)?.path ?? ""
      const said = yield* failed(run, index, error._tag, Remedy.outcomeOf(error), Remedy.upload(error, api))
      const exchange = failures.of(error)
      if (exchange !== undefined) yield* FailureReport.tell(run, exchange, { path, said, json, home })
    })

/** Returns the function that prints a failed file whose error the journal states with its remedy. */
export const recording =
  (run: UploadState): Adding.Results["ended"] =>
  (index, { exitCode, message, tag }) =>
    Effect.asVoid(failed(run, index, tag, ExitCode.outcomeOf(exitCode) ?? "some", { problem: message }))

const stateName = { Open: "open", Closed: "closed", NeedsHuman: "needs-human" } as const

/** Watches a gate. Shows the gate's transitions and, with `--json`, emits them as events. */
const follow = (run: UploadState, gate: Gate.Gate<GateName>): Effect.Effect<void> =>
  Stream.runForEach(gate.changes, (state) => {
    run.gates({ [gate.name]: state })
    const reason = state._tag === "Open" ? {} : { reason: state.reason }
    return run.emit({ type: "gate", gate: gate.name, state: stateName[state._tag], ...reason })
  })

/**
 * Adds every file that has no outcome yet to the queue, and sends the queue.
 *
 * **Details**
 *
 * If a file fails, the failure is reported and the run continues with the next file. The run fails only if no other file can
 * be sent. This is the case if a call needs a token and the wait for a sign-in is over, or if the API has not responded
 * within `firstContact`.
 */
export const sendAll = (
  run: UploadState,
  options: Options,
): Effect.Effect<void, PersonError, Queue | Connectivity | Authorization | Person | HttpClient.HttpClient | Output> =>
  Effect.scoped(
    Effect.gen(function* () {
      const connectivity = yield* Connectivity
      const authorization = yield* Authorization
      const needed = yield* Latch.make(true)
      const { pair = true, pairWait, firstContact } = options
      // The sandbox in this process always responds. Otherwise the command has a bug, and waiting would not help.
      const outage = { ...options, firstContact: options.embedded ? undefined : firstContact }
      yield* remember(run, connectivity.gate, authorization.gate)
      yield* Effect.forkScoped(follow(run, connectivity.gate))
      yield* Effect.forkScoped(follow(run, authorization.gate))
      yield* Effect.forkScoped(
        Stream.runForEach(SubscriptionRef.changes(connectivity.nextProbeAt), (nextProbeAt) =>
          Effect.sync(() => run.gates({ nextProbeAt })),
        ),
      )
      yield* Effect.forkScoped(Outage.follow(run))
      yield* Effect.forkScoped(Device.follow(run))
      if (!options.embedded) {
        yield* Effect.forkScoped(Outage.notices(outage))
        yield* Effect.forkScoped(Outage.followStorages(run, outage))
      }
      yield* Progress.show(run, options)
      const announce = Announcements.make(yield* Output, options.quiet)
      const http = yield* HttpClient.HttpClient
      const results: Drain.Results = {
        done: (index, receipt) =>
          Effect.provideService(finished(run, index, receipt, options), HttpClient.HttpClient, http),
        failed: reporting(run, options),
        ended: recording(run),
        event: announce,
      }
      const work = Effect.gen(function* () {
        const indexes = yield* Effect.mapError(Adding.add(run, options, results), notAdded)
        yield* Effect.mapError(Drain.drain(run, indexes, needed, options, results), notKept)
      })
      yield* work.pipe(
        Effect.raceFirst(SignIn.attend(run, { pair, pairWait, embedded: options.embedded, needed })),
        Effect.raceFirst(Outage.firstAnswer(outage)),
      )
    }),
  )

/** Returns the error for files that could not be added. If the queue is busy, another process owns it. */
export const notAdded = (error: JournalError): PersonError => {
  const fields = { problem: error.message, remedy: HomeRemedy.of(error.action) }
  return error.verdict.retry === "never" ? new LocalProblem(fields) : new NotQueued(fields)
}

const notKept = ({ action, message }: JournalError): PersonError =>
  new LocalProblem({ problem: message, remedy: HomeRemedy.of(action) })

/** Saves the statistics of the gates for the summary, even if the run is interrupted. */
const remember = (
  run: UploadState,
  connectivity: Gate.Gate,
  authorization: Gate.Gate,
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    Effect.gen(function* () {
      run.stats.current = { connectivity: yield* connectivity.stats, authorization: yield* authorization.stats }
    }),
  )
