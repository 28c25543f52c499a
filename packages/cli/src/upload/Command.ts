/**
 * `holdfast upload FILE…`
 */
import { C2cConfig, frameIo } from "@holdfast/c2c/C2cConfig"
import * as LocalFile from "@holdfast/c2c/LocalFile"
import { defaultParallel } from "@holdfast/c2c/Uploader"
import * as Observer from "@holdfast/core/Observer"
import { Recorder } from "@holdfast/http/Recorder"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Command from "effect/cli/Command"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as Client from "../network/Client.ts"
import type { Faults } from "../network/Embedded.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import * as ExitCode from "../process/ExitCode.ts"
import { UsageError, isPersonError } from "../process/PersonError.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as UploadClient from "./Client.ts"
import * as Conclusion from "./Conclusion.ts"
import * as Duplicates from "./Duplicates.ts"
import * as DurationFlag from "./DurationFlag.ts"
import * as FailureReport from "./FailureReport.ts"
import * as Failures from "./Failures.ts"
import { config } from "./Flags.ts"
import * as MaxDuration from "./MaxDuration.ts"
import * as UploadRun from "./Run.ts"
import * as UploadState from "./State.ts"

type Input = Command.Command.Config.Infer<typeof config>

/** Checks the operands and the combinations of flags. The parser has already checked each flag separately. */
const check = (input: Input, paths: ReadonlyArray<string>): UsageError | undefined => {
  const refuse = (problem: string, remedy: string) => new UsageError({ problem, remedy })
  if (paths.length === 0) return refuse("no file to send", "name one: holdfast upload clip.mov")
  if (paths.includes("")) {
    return refuse("a file name is empty", "check whether a variable on the command line is unset; nothing was sent")
  }
  if (paths.includes("-")) {
    return refuse("upload cannot read standard input", "specify a file (./- for a file named -)")
  }
  if (input.sandbox && Option.isSome(input.api))
    return refuse("--sandbox and --api cannot be used together", "choose one")
  if (!input.sandbox && Option.isSome(input.faults)) return refuse("--faults needs a sandbox", "add --sandbox")
  if (!input.sandbox && Option.isSome(input.seed)) return refuse("--seed needs a sandbox", "add --sandbox")
  if (input.noPair && Option.isSome(input.pairWait)) {
    return refuse("--no-pair and --pair-wait cannot be used together", "choose one")
  }
  if (input.parallel < 1 || input.parallel > 64) {
    return refuse(
      `--parallel ${input.parallel} is not between 1 and 64`,
      `without --parallel, ${defaultParallel} chunks are sent at the same time`,
    )
  }
  return undefined
}

const lasting = (flag: string, given: Option.Option<string>) =>
  Option.match(given, { onNone: () => Effect.undefined, onSome: (text) => DurationFlag.parse(flag, text) })

/** Checks the files on disk first, so that a wrong path is reported without network access or a sign-in. */
const preflight = (run: UploadState.UploadState, api: string) =>
  Effect.gen(function* () {
    for (const [index, { path }] of run.entries().entries()) {
      yield* Effect.scoped(LocalFile.open(path)).pipe(
        Effect.catch((error) =>
          // A busy file may be available when its turn comes.
          error.verdict.retry === "never"
            ? UploadRun.failed(run, index, error._tag, Remedy.outcomeOf(error), Remedy.upload(error, api))
            : Effect.void,
        ),
      )
    }
  })

/** The maximum time that a run without a terminal waits for another process to pair this device. */
const defaultPairWait = Duration.minutes(10)

const remote = (
  run: UploadState.UploadState,
  target: Target.Target,
  options: Omit<UploadRun.Options, "api" | "embedded">,
) =>
  Effect.gen(function* () {
    const output = yield* Output
    const file = yield* Target.tokenFile(target)
    const api = target.config.api
    // An unusable token file is reported before anything is sent. A missing or damaged token pair can still be
    // replaced.
    yield* TokenStore.use((store) => Effect.mapError(store.load, (error) => Remedy.tokenStore(error, api))).pipe(
      Effect.provide(Client.tokenStore(file, api)),
      Effect.catchTag("PairingNeeded", () => Effect.void),
    )
    const present = output.stderr.isTerminal && !options.json
    const pairWait = options.pairWait ?? (present ? undefined : defaultPairWait)
    yield* UploadRun.sendAll(run, { ...options, pairWait, api, embedded: false }).pipe(
      Effect.provide(UploadClient.remote(target, file, present)),
    )
  })

const embeddedLayer = (faults: Faults) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("./Embedded.ts")),
      ({ layer }) => layer(faults),
    ),
  )

const embedded = (run: UploadState.UploadState, faults: Faults, options: Omit<UploadRun.Options, "api" | "embedded">) =>
  Effect.gen(function* () {
    const { api } = yield* C2cConfig
    yield* started(run, api, faults)
    const output = yield* Output
    const style = Style.make(output.stderr.canColor)
    if (!options.quiet && !options.json) {
      yield* output.message(style.dim(`sandbox on ${api}, faults ${faults.faults}, seed ${faults.seed}`))
    }
    // The sandbox answers a full disk as S3 does, with an error that is worth a retry. Here that error ends the run.
    const { diskFailure } = yield* Effect.promise(() => import("./Embedded.ts"))
    yield* Effect.raceFirst(UploadRun.sendAll(run, { ...options, api, embedded: true }), diskFailure)
  }).pipe(Effect.provide(embeddedLayer(faults)))

const started = (run: UploadState.UploadState, api: string, sandbox: Faults | null) =>
  run.emit({ type: "started", api, sandbox, files: run.entries().map(({ path }) => path) })

/** Rejects a file that is specified twice, because it would be sent twice and stored as two assets. */
const once = (paths: ReadonlyArray<string>): Effect.Effect<void, UsageError> =>
  Effect.flatMap(Duplicates.find(paths), (found) => {
    if (found === undefined) return Effect.void
    const { first, second } = found
    const problem = first === second ? `${first} is named twice` : `${first} and ${second} are the same file`
    return Effect.fail(new UsageError({ problem, remedy: "specify each file only once; nothing was sent" }))
  })

const handler = Effect.fnUntraced(function* (input: Input) {
  const output = yield* Output
  const paths = input.files.length > 0 ? input.files : Option.toArray(input.sample)
  const wrong = check(input, paths)
  if (wrong !== undefined) return yield* wrong
  yield* once(paths)
  const target = input.sandbox ? undefined : yield* Target.resolve(Option.getOrElse(input.api, () => frameIo))

  const run = yield* UploadState.make({ paths, json: input.json, output })
  const failures = Failures.make()
  const home = Effect.provideService(
    Target.home,
    UserDirectories.UserDirectories,
    yield* UserDirectories.UserDirectories,
  )
  const options = {
    parallel: input.parallel,
    createAgain: input.createAgain,
    acceptUnverified: input.acceptUnverified,
    verifySource: input.verifySource,
    quiet: input.quiet,
    json: input.json,
    pair: !input.noPair,
    pairWait: yield* lasting("pair-wait", input.pairWait),
    firstContact: yield* lasting("first-contact", input.firstContact),
    failures,
    home,
  }
  const faults = { faults: Option.getOrElse(input.faults, () => "calm"), seed: Option.getOrElse(input.seed, () => 1) }

  const maxDuration = yield* lasting("max-duration", input.maxDuration)

  const send = Effect.gen(function* () {
    if (target !== undefined) yield* started(run, target.config.api, null)
    yield* preflight(run, target?.config.api ?? frameIo)
    if (run.entries().every(({ outcome }) => outcome !== undefined)) return
    yield* target === undefined ? embedded(run, faults, options) : remote(run, target, options)
  })
  const sent = MaxDuration.bounded(send, maxDuration, run).pipe(
    Observer.observe(run.tally.observer),
    Effect.provideService(Recorder, failures.recorder),
    Effect.catchIf(isPersonError, (error) =>
      error.outcome === "usage"
        ? Effect.fail(error)
        : Effect.gen(function* () {
            Conclusion.giveUp(run, error)
            yield* UploadRun.complain(error.message, ExitCode.code(error.outcome), input.json, run)
            const exchange = failures.last()
            const about = { path: undefined, said: error.message, json: input.json, home }
            if (exchange !== undefined) yield* FailureReport.tell(run, exchange, about)
            // The time limit ended the run, whatever the outcomes of its files.
            return error._tag === "TimeIsUp" ? error.outcome : undefined
          }),
    ),
    Effect.map((ended) => ended ?? ExitCode.combine(run.entries().map((entry) => entry.outcome ?? "defect"))),
  )
  // A signal before the first file or after the last one still prints the summary.
  yield* Effect.uninterruptible(
    Effect.interruptible(sent).pipe(
      Effect.onInterrupt(() => Conclusion.tell(run, "interrupted", input)),
      Effect.flatMap((outcome) => Effect.andThen(Conclusion.tell(run, outcome, input), Ended.end(outcome))),
    ),
  )
})

/** The command. */
export const command = Command.make("upload", config, handler).pipe(
  Command.withDescription("Uploads files despite faults of every kind, and verifies the stored files."),
  Command.withShortDescription("Upload files and verify them"),
  Command.withExamples([
    { command: "holdfast upload A001_C003.mov", description: "Send a clip to Frame.io" },
    {
      command: "holdfast upload --sandbox --faults storm A001_C003.mov",
      description: "Test an upload against a server that misbehaves",
    },
    { command: "holdfast upload --json *.mov", description: "Print one JSON event per line for other programs" },
  ]),
)
