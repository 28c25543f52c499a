/**
 * `holdfast upload FILE…`
 */
import { C2cConfig, frameIo } from "@holdfast/c2c/C2cConfig"
import { SourceFiles, type SourceError } from "@holdfast/c2c/SourceFile"
import * as Bandwidth from "@holdfast/durable/Bandwidth"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Address from "../cluster/Address.ts"
import type { Faults } from "../network/Embedded.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Sources from "../network/Sources.ts"
import * as Target from "../network/Target.ts"
import { ApiUnreachable, LocalProblem, UsageError } from "../process/PersonError.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as Place from "../queue/Place.ts"
import * as Detach from "./Detach.ts"
import * as DryRun from "./files/DryRun.ts"
import * as Duplicates from "./files/Duplicates.ts"
import * as DurationFlag from "./DurationFlag.ts"
import { config } from "./Flags.ts"
import * as Folders from "./files/Folders.ts"
import * as ParallelFlag from "./ParallelFlag.ts"
import * as Perform from "./Perform.ts"
import * as Remote from "./Remote.ts"
import * as UploadRun from "./Run.ts"
import type * as UploadState from "./State.ts"

type Input = Command.Command.Config.Infer<typeof config>

/** Checks the operands and the combinations of flags. The parser has already checked each flag separately. */
const check = (input: Input, paths: ReadonlyArray<string>): UsageError | undefined => {
  const refuse = (problem: string, remedy: string) => new UsageError({ problem, remedy })
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
  if (input.sandbox && input.detach) return refuse("--sandbox and --detach cannot be used together", "choose one")
  if (input.sandbox && Option.isSome(input.database)) {
    return refuse("--sandbox and --database cannot be used together", "choose one")
  }
  if (input.sandbox && Option.isSome(input.device)) return refuse("--device needs a database", "leave the flag out")
  if (input.noPair && Option.isSome(input.pairWait)) {
    return refuse("--no-pair and --pair-wait cannot be used together", "choose one")
  }
  return ParallelFlag.check(input.parallel)
}

/** Returns a flag that concerns the sending of files, if the command line has one. The workers have flags of their own. */
const sending = (input: Input): string | undefined =>
  input.verifySource
    ? "--verify-source"
    : input.acceptUnverified
      ? "--accept-unverified"
      : Option.isSome(input.bandwidth)
        ? "--bandwidth"
        : undefined

const lasting = (flag: string, given: Option.Option<string>) =>
  Option.match(given, { onNone: () => Effect.undefined, onSome: (text) => DurationFlag.parse(flag, text) })

/** The number of files that are opened at once. */
const openedAtOnce = 16

/** Checks the files on disk first, so that a wrong path is reported without network access or a sign-in. */
const preflight = (run: UploadState.UploadState, api: string) =>
  Effect.gen(function* () {
    const files = yield* SourceFiles
    const errors = yield* Effect.forEach(
      run.files.open(),
      ([index, { path }]) =>
        files
          .open(path)
          .pipe(Effect.scoped, Effect.match({ onSuccess: () => [], onFailure: (error) => [{ index, error }] })),
      { concurrency: openedAtOnce },
    )
    for (const { error, index } of errors.flat()) {
      // A busy file may be available when its turn comes.
      if (error.verdict.retry !== "never") continue
      yield* UploadRun.failed(run, index, error._tag, Remedy.outcomeOf(error), Remedy.upload(error, api))
    }
  })

const embeddedLayer = (faults: Faults, parallel: number) =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("./Embedded.ts")),
      ({ layer }) => layer(faults, parallel),
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
  }).pipe(Effect.provide(embeddedLayer(faults, options.parallel)))

const started = (run: UploadState.UploadState, api: string, sandbox: Faults | null) =>
  run.emit({ type: "started", api, sandbox, files: run.files.kept().map(({ path }) => path) })

/** Rejects a file that is specified twice, because it would be sent twice and stored as two assets. */
const once = (paths: ReadonlyArray<string>): Effect.Effect<void, UsageError> =>
  Effect.flatMap(Duplicates.find(paths), (found) => {
    if (found === undefined) return Effect.void
    const { first, second } = found
    const problem = first === second ? `${first} is named twice` : `${first} and ${second} are the same file`
    return Effect.fail(new UsageError({ problem, remedy: "specify each file only once; nothing was sent" }))
  })

/** The error of a folder in S3 that cannot be listed. */
const notListed = (error: SourceError): ApiUnreachable | LocalProblem => {
  const fields = Remedy.upload(error, frameIo)
  return Remedy.outcomeOf(error) === "temporary" ? new ApiUnreachable(fields) : new LocalProblem(fields)
}

/** Replaces folders with the files in them, and reports what is left out. */
const expand = (paths: ReadonlyArray<string>, { exclude, include, quiet }: Input) =>
  Effect.gen(function* () {
    const output = yield* Output
    const expanded = yield* Effect.mapError(Folders.expand(paths, { include, exclude }), notListed)
    for (const { path, reason } of expanded.skipped) {
      if (!quiet) yield* output.message(`holdfast: ${path} is left out: ${reason}`)
    }
    const [empty] = expanded.empty
    if (empty !== undefined && expanded.paths.length === 0) {
      return yield* new UsageError({
        problem: `${empty} contains no file to send`,
        remedy: "check the folder and the patterns of --include and --exclude",
      })
    }
    return expanded.paths
  })

const bandwidthOf = (given: Option.Option<string>) =>
  Option.match(given, {
    onNone: () => Effect.undefined,
    onSome: (text) =>
      Effect.mapError(
        Effect.fromResult(Bandwidth.parse(text)),
        ({ message }) => new UsageError({ problem: `--bandwidth: ${message}`, remedy: "write 20M or 20Mbit/s" }),
      ),
  })

const handler = (input: Input) => Sources.withObjects(handle(input))

const handle = Effect.fnUntraced(function* (input: Input) {
  const named = input.files.length > 0 ? input.files : Option.toArray(input.sample)
  const wrong = check(input, named)
  if (wrong !== undefined) return yield* wrong
  const paths = yield* expand(named, input)
  yield* once(paths)
  if (input.dryRun && paths.length > 0) return yield* DryRun.list(paths, input.json)
  const database = input.sandbox ? undefined : yield* Address.resolve(input.database)
  const sends = database === undefined ? undefined : sending(input)
  if (sends !== undefined) {
    return yield* new UsageError({ problem: `${sends} has no effect on workers`, remedy: "leave the flag out" })
  }
  if (database === undefined && Option.isSome(input.device)) {
    return yield* new UsageError({ problem: "--device needs a database", remedy: "add --database, or leave it out" })
  }
  const api = Option.getOrElse(input.api, () => frameIo)
  // Adding files to a database needs no credentials.
  const resolved =
    database === undefined ? Target.resolve(api) : Effect.map(Target.inspect(api), ({ target }) => target)
  const noFile = new UsageError({ problem: "no file to send", remedy: "name one: holdfast upload clip.mov" })
  const target = input.sandbox
    ? undefined
    : yield* paths.length > 0 ? resolved : Effect.mapError(resolved, () => noFile)
  if (paths.length === 0 && (target === undefined || database !== undefined || !(yield* Remote.hasOpen(target))))
    return yield* noFile

  const terms = {
    parallel: input.parallel,
    createAgain: input.createAgain,
    acceptUnverified: input.acceptUnverified,
    verifySource: input.verifySource,
    skipUploaded: input.skipUploaded,
    detach: input.detach,
    device: Option.getOrUndefined(input.device),
    bandwidth: yield* bandwidthOf(input.bandwidth),
    quiet: input.quiet,
    json: input.json,
    pair: !input.noPair,
    pairWait: yield* lasting("pair-wait", input.pairWait),
    firstContact: yield* lasting("first-contact", input.firstContact),
  }
  const maxDuration = yield* lasting("max-duration", input.maxDuration)
  const faults = { faults: Option.getOrElse(input.faults, () => "calm"), seed: Option.getOrElse(input.seed, () => 1) }
  const resume = database === undefined ? target && Remedy.uploadCommand(target.config.api) : undefined
  yield* Perform.perform({ paths, json: input.json, quiet: input.quiet, maxDuration, resume }, (run, reports) =>
    Effect.gen(function* () {
      if (target !== undefined) yield* started(run, target.config.api, null)
      yield* preflight(run, target?.config.api ?? frameIo)
      if (paths.length > 0 && run.files.open().length === 0) return
      const options = { ...terms, ...reports }
      if (database !== undefined) {
        return yield* Detach.add(run, Place.database(database), "the workers send them", { ...options, api })
      }
      yield* target === undefined ? embedded(run, faults, options) : Remote.send(run, target, options)
    }),
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
