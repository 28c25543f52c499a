/**
 * Sends the files of a run, one after the other, while somebody minds the gates, the person and the progress.
 */
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import type { UploadError } from "@holdfast/c2c/UploadError"
import { Authorization } from "@holdfast/core/Authorization"
import { Connectivity } from "@holdfast/core/Connectivity"
import type * as Gate from "@holdfast/core/Gate"
import * as Monotonic from "@holdfast/core/Monotonic"
import type { GateName } from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import * as Remedy from "./Remedy.ts"
import * as ExitCode from "./ExitCode.ts"
import type { Outcome } from "./ExitCode.ts"
import * as FailureReport from "./FailureReport.ts"
import type { Failures } from "./Failures.ts"
import * as Files from "./Files.ts"
import * as Format from "./Format.ts"
import { Output } from "./Output.ts"
import type { Code } from "./Person.ts"
import { Person } from "./Person.ts"
import type { PersonError } from "./PersonError.ts"
import { ApiUnreachable } from "./PersonError.ts"
import * as Progress from "./Progress.ts"
import * as Report from "./Report.ts"
import type { Run } from "./Run.ts"
import * as Stored from "./Stored.ts"
import * as Style from "./Style.ts"

/** How the files are sent. */
export interface Options {
  readonly api: string
  /** Whether the API is the sandbox inside this process. */
  readonly embedded: boolean
  readonly parallel: number
  readonly createAgain: boolean
  readonly quiet: boolean
  readonly json: boolean
  /** The exchanges that failed so far. */
  readonly failures: Failures
  /** Where the exchange of a failure is kept. */
  readonly home: FailureReport.Home
}

/**
 * How long an API that was never reached is waited for: 30 s, enough for a network that is just coming up. Once it has
 * answered, a run waits for it as long as it takes.
 */
export const firstContact = 30_000

/** Says one error of the person's own, on one line. */
export const complain = (message: string, exitCode: number, json: boolean, run: Run | undefined) =>
  Effect.gen(function* () {
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    yield* output.message(`${style.bad("holdfast:")} ${message}`)
    if (run !== undefined && json) yield* run.emit({ type: "error", message, exitCode })
  })

/** Marks a file as failed and says why; succeeds with what it said. */
export const failed = (
  run: Run,
  index: number,
  tag: string,
  outcome: Outcome,
  { problem, remedy }: { readonly problem: string; readonly remedy: string },
): Effect.Effect<string, never, Output> =>
  Effect.gen(function* () {
    const path = run.entries()[index]?.path ?? ""
    const message = problem.includes(path) ? `${problem}; ${remedy}` : `${path}: ${problem}; ${remedy}`
    run.update(index, { outcome, error: { tag, message } })
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    yield* output.message(`${style.bad("holdfast:")} ${message}`)
    yield* run.emit({
      type: "file",
      path,
      outcome: "failed",
      error: { tag, message, exitCode: ExitCode.code(outcome) },
    })
    return message
  })

const finished = (run: Run, index: number, receipt: UploadReceipt, options: Options, startedAt: number) =>
  Effect.gen(function* () {
    const stored = options.embedded ? yield* Stored.asset(options.api, receipt.assetId) : undefined
    const local = stored === undefined ? undefined : yield* Stored.sha256(receipt.path)
    const sha256 = stored?.complete === true ? stored.sha256 : undefined
    run.update(index, { bytes: receipt.bytes, chunks: receipt.chunks, assetId: receipt.assetId, sha256 })
    if (stored !== undefined && sha256 !== local) {
      yield* failed(run, index, "IntegrityMismatch", "integrity", {
        problem: `the server stored other bytes (sha256 ${sha256 ?? "of an incomplete file"}, the file's is ${local ?? "unreadable"})`,
        remedy: "run this again",
      })
      return
    }
    run.update(index, { outcome: "ok", verified: receipt.verified })
    yield* run.emit({ type: "file", path: receipt.path, outcome: "uploaded" })
    if (options.json) return
    const entry = run.entries()[index]
    if (entry === undefined) return
    const output = yield* Output
    const elapsed = (yield* Monotonic.millis) - startedAt
    for (const line of Report.file(Files.summarize(entry), elapsed, Style.make(output.stdout.canColor))) {
      yield* output.data(line)
    }
  })

const sendOne = (run: Run, index: number, path: string, options: Options) =>
  Effect.gen(function* () {
    const uploader = yield* Uploader
    const startedAt = yield* Monotonic.millis
    const { failures, home, json } = options
    failures.clear()
    yield* uploader
      .upload({
        path,
        parallel: options.parallel,
        onEvent: (event) => run.observe(index, event),
        onUncertainCreation: options.createAgain ? "repeat" : "fail",
      })
      .pipe(
        Effect.matchEffect({
          onSuccess: (receipt) => finished(run, index, receipt, options, startedAt),
          onFailure: (error: UploadError) =>
            Effect.gen(function* () {
              const said = yield* failed(run, index, error._tag, Remedy.outcomeOf(error), Remedy.upload(error))
              const exchange = failures.of(error)
              if (exchange !== undefined) yield* FailureReport.tell(run, exchange, { path, said, json, home })
            }),
        }),
      )
  })

const stateName = { Open: "open", Closed: "closed", NeedsHuman: "needs-human" } as const

/** Follows a gate: what it does is shown, and told to `--json`. */
const follow = (run: Run, gate: Gate.Gate<GateName>): Effect.Effect<void> =>
  Stream.runForEach(gate.changes, (state) => {
    run.gates({ [gate.name]: state })
    const reason = state._tag === "Open" ? {} : { reason: state.reason }
    return run.emit({ type: "gate", gate: gate.name, state: stateName[state._tag], ...reason })
  })

/** Lets the person sign in whenever the gate asks for one; fails when nobody can. */
const attend = (run: Run, options: Options) =>
  Effect.gen(function* () {
    const { gate } = yield* Authorization
    const person = yield* Person
    const output = yield* Output
    const announce = ({ userCode, verificationUri }: Code) =>
      Effect.gen(function* () {
        yield* run.emit({ type: "pairing", userCode, verificationUri })
        run.gates({
          pairing: options.embedded
            ? `pairing: the sandbox approves the code ${userCode}`
            : `waiting for you: open ${verificationUri} and enter ${userCode}`,
        })
        if (!options.embedded) yield* output.message(`To go on, open ${verificationUri} and enter the code ${userCode}`)
      })
    yield* Stream.runForEach(gate.changes, (state) => {
      if (state._tag !== "NeedsHuman") return Effect.void
      if (options.embedded) run.gates({ pairing: "pairing with the sandbox" })
      return person
        .signIn(state.reason, announce)
        .pipe(
          Effect.ensuring(Effect.sync(() => run.gates({ pairing: undefined }))),
          Effect.andThen(run.emit({ type: "paired" })),
        )
    })
    return yield* Effect.never
  })

/** Fails when an API outside this process did not answer once. */
const firstAnswer = (options: Options) =>
  Effect.gen(function* () {
    const { gate } = yield* Connectivity
    if (options.embedded) return yield* Effect.never
    yield* gate.changes.pipe(
      Stream.filter((state) => state._tag === "Open"),
      Stream.take(1),
      Stream.runDrain,
      Effect.timeoutOrElse({
        duration: firstContact,
        orElse: () =>
          new ApiUnreachable({
            problem: `no answer from ${options.api} within ${Format.span(firstContact)}`,
            remedy: "check the network and --api, then run this again",
          }),
      }),
    )
    return yield* Effect.never
  })

/**
 * Sends every file that has no outcome yet.
 *
 * **Details**
 *
 * A file that fails is said and the next one is sent. Fails itself only when no file can be sent any more: nobody can
 * sign in, or the API was never there.
 */
export const sendAll = (
  run: Run,
  options: Options,
): Effect.Effect<
  void,
  PersonError,
  Uploader | Connectivity | Authorization | Person | HttpClient.HttpClient | Output
> =>
  Effect.scoped(
    Effect.gen(function* () {
      const connectivity = yield* Connectivity
      const authorization = yield* Authorization
      yield* remember(run, connectivity.gate, authorization.gate)
      yield* Effect.forkScoped(follow(run, connectivity.gate))
      yield* Effect.forkScoped(follow(run, authorization.gate))
      yield* Effect.forkScoped(
        Stream.runForEach(SubscriptionRef.changes(connectivity.nextProbeAt), (nextProbeAt) =>
          Effect.sync(() => run.gates({ nextProbeAt })),
        ),
      )
      yield* Progress.show(run, options)
      const work = Effect.gen(function* () {
        for (const [index, entry] of run.entries().entries()) {
          if (entry.outcome === undefined) yield* sendOne(run, index, entry.path, options)
        }
      })
      yield* work.pipe(Effect.raceFirst(attend(run, options)), Effect.raceFirst(firstAnswer(options)))
    }),
  )

/** Keeps the counts of the gates for the summary, also when the run is interrupted. */
const remember = (
  run: Run,
  connectivity: Gate.Gate,
  authorization: Gate.Gate,
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    Effect.gen(function* () {
      run.stats.current = { connectivity: yield* connectivity.stats, authorization: yield* authorization.stats }
    }),
  )
