/**
 * `holdfast watch DIR`
 */
import * as WatchFolder from "@holdfast/durable/WatchFolder"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "node:path"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Sources from "../network/Sources.ts"
import * as Target from "../network/Target.ts"
import { UsageError } from "../process/PersonError.ts"
import * as DurationFlag from "../upload/DurationFlag.ts"
import * as ParallelFlag from "../upload/ParallelFlag.ts"
import * as Perform from "../upload/Perform.ts"
import * as Remote from "../upload/Remote.ts"
import * as Watching from "./Watching.ts"

const config = {
  folder: Argument.String("folder").pipe(Argument.withDescription("The folder to watch")),
  api: CommonFlags.api("The API to send to"),
  quiet: CommonFlags.quiet,
  json: CommonFlags.json("Print one JSON event per line"),
  quietTime: Flag.String("quiet-time").pipe(
    Flag.withMetavar("t"),
    Flag.withDescription("How long a file must stay unchanged before it is sent (default: 60s)"),
    Flag.optional,
  ),
  include: CommonFlags.patterns("include", "Send only files that match, such as *.mov"),
  exclude: CommonFlags.patterns("exclude", "Leave out files and folders that match"),
  realtime: Flag.Boolean("realtime").pipe(
    Flag.withDescription("Send growing files while they are recorded, instead of when they are complete"),
    Flag.withDefault(false),
  ),
  resendRewritten: Flag.Boolean("resend-rewritten").pipe(
    Flag.withDescription("Send chunks of a recording again if the recorder changed them later"),
    Flag.withDefault(false),
  ),
  parallel: ParallelFlag.flag,
}

/** A watched folder has no last file, so a run keeps only as many finished files. `holdfast queue list` shows all of them. */
const keep = 1000

type Input = Command.Command.Config.Infer<typeof config>

const handler = (input: Input) => Sources.withObjects(handle(input))

const handle = Effect.fnUntraced(function* (input: Input) {
  const { exclude, folder, include, json, parallel, quiet, realtime, resendRewritten } = input
  if (resendRewritten && !realtime) {
    return yield* new UsageError({ problem: "--resend-rewritten requires --realtime", remedy: "add --realtime" })
  }
  const refused = ParallelFlag.check(parallel)
  if (refused !== undefined) return yield* refused
  const target = yield* Target.resolve(input.api)
  const quietTime = Option.isSome(input.quietTime)
    ? yield* DurationFlag.parse("quiet-time", input.quietTime.value)
    : WatchFolder.defaults.quietTime
  const resume = Remedy.uploadCommand(target.config.api)
  yield* Perform.perform({ paths: [], json, quiet, maxDuration: undefined, resume, keep }, (run, reports) =>
    Effect.gen(function* () {
      const watched = Path.resolve(folder)
      yield* run.emit({ type: "started", api: target.config.api, sandbox: null, files: [] })
      yield* Remote.send(run, target, {
        ...reports,
        parallel,
        json,
        quiet,
        createAgain: false,
        acceptUnverified: false,
        verifySource: false,
        resendRewritten,
        // A machine without a person has to wait for a sign-in, however long it takes.
        pairWait: Duration.infinity,
        more: Watching.add(run, watched, { include, exclude, quietTime, realtime }),
      })
    }),
  )
})

/** The command. */
export const command = Command.make("watch", config, handler).pipe(
  Command.withDescription(
    "Watches a folder and uploads each file as soon as it is complete. Files that were uploaded before are left out.",
  ),
  Command.withShortDescription("Upload files as they appear in a folder"),
  Command.withExamples([
    { command: "holdfast watch /media/card", description: "Upload each clip of a card" },
    { command: "holdfast watch --realtime /recordings", description: "Upload each take while it is recorded" },
    { command: "holdfast watch --include '*.mov' /footage", description: "Upload only QuickTime files" },
  ]),
)
