/**
 * `holdfast queue`
 */
import { Journal } from "@holdfast/durable/Journal"
import type { UploadRecord, Wanted } from "@holdfast/durable/UploadRecord"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Address from "../cluster/Address.ts"
import * as CommonFlags from "../commandLine/CommonFlags.ts"
import * as Remedy from "../network/Remedy.ts"
import * as Target from "../network/Target.ts"
import { UsageError } from "../process/PersonError.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as Actions from "./Actions.ts"
import * as Place from "./Place.ts"
import * as Problem from "./Problem.ts"
import * as QueueView from "./View.ts"

const config = {
  action: Argument.Literals("action", ["list", "retry", "cancel", "clean", "pause", "resume"]).pipe(
    Argument.withDescription("What to do with the queue"),
  ),
  ids: Argument.String("id").pipe(
    Argument.withDescription("The uploads to retry or cancel, by their ids or the first characters of their ids"),
    Argument.variadic({ min: 0 }),
  ),
  api: CommonFlags.api("The API that the queue belongs to"),
  database: Address.flag("The queue that the workers of a cluster share, in PostgreSQL"),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("Retry every failed upload, or cancel every upload"),
    Flag.withDefault(false),
  ),
  createAgain: Flag.Boolean("create-again").pipe(
    Flag.withDescription("Retry with another asset if the first one may exist"),
    Flag.withDefault(false),
  ),
  failed: Flag.Boolean("failed").pipe(
    Flag.withDescription("Clean: remove failed uploads as well"),
    Flag.withDefault(false),
  ),
  here: Flag.Boolean("here").pipe(
    Flag.withDescription("Resume: accept a queue that was copied from a backup or another machine"),
    Flag.withDefault(false),
  ),
  json: CommonFlags.json("Print one line of JSON"),
}

type Input = Command.Command.Config.Infer<typeof config>

const check = ({ action, all, createAgain, failed, here, ids }: Input): UsageError | undefined => {
  const refuse = (problem: string, remedy: string) => new UsageError({ problem, remedy })
  const chooses = action === "retry" || action === "cancel"
  if (chooses && ids.length === 0 && !all) return refuse(`queue ${action} needs an upload`, "name its id, or add --all")
  if (chooses && ids.length > 0 && all) return refuse("--all cannot be used together with ids", "choose one")
  if (!chooses && ids.length > 0) return refuse(`queue ${action} takes no id`, "leave the id out")
  if (!chooses && all) return refuse(`queue ${action} takes no --all`, "leave the flag out")
  if (createAgain && action !== "retry") return refuse("--create-again requires the retry action", "leave the flag out")
  if (failed && action !== "clean") return refuse("--failed requires the clean action", "leave the flag out")
  if (here && action !== "resume") return refuse("--here requires the resume action", "leave the flag out")
  return undefined
}

const handler = Effect.fnUntraced(function* (input: Input) {
  const wrong = check(input)
  if (wrong !== undefined) return yield* wrong
  const database = yield* Address.resolve(input.database)
  if (database !== undefined) {
    return yield* perform(input, "the workers").pipe(Effect.provide(Place.database(database)))
  }
  const target = yield* Target.resolve(input.api)
  const directory = yield* Target.queueDirectory(target)
  yield* perform(input, Remedy.uploadCommand(input.api)).pipe(Effect.provide(Place.layer(directory)))
})

/** Performs the action. `sender` names what sends the queue. */
const perform = Effect.fnUntraced(function* (input: Input, sender: string) {
  const output = yield* Output
  const journal = yield* Journal
  const style = Style.make(output.stdout.canColor)
  const say = (text: string) => (input.json ? Effect.void : output.data(text))
  const list = Effect.mapError(journal.list, Problem.of)
  const want = (chosen: ReadonlyArray<UploadRecord>, wanted: Wanted) =>
    Effect.mapError(
      Effect.gen(function* () {
        if (chosen.length === 0) return
        yield* journal.want(Actions.idsOf(chosen), wanted)
        const { carryOut } = yield* Effect.promise(() => import("@holdfast/durable/WaitingRequests"))
        yield* carryOut(journal)
      }),
      Problem.of,
    )
  switch (input.action) {
    case "list": {
      const records = yield* list
      if (input.json) return yield* output.json(QueueView.document(records))
      const paused = yield* Effect.mapError(journal.paused, Problem.of)
      return yield* output.table(QueueView.lines(records, paused, output.columns("stdout"), style))
    }
    case "retry": {
      const chosen = yield* Actions.choose(yield* list, input.ids, Actions.canRetry)
      const uncertain = chosen.find(({ state }) => state === "uncertain")
      if (uncertain !== undefined && !input.createAgain) {
        return yield* new UsageError({
          problem: `${uncertain.id}: the asset may exist already`,
          remedy: "check Frame.io for an empty asset, then add --create-again",
        })
      }
      const wanted = input.createAgain ? "retry-create-again" : "retry"
      yield* want(chosen, wanted)
      yield* say(
        chosen.length === 0
          ? "no upload has failed"
          : `${QueueView.uploads(chosen.length)} will be sent again by ${sender}`,
      )
      break
    }
    case "cancel": {
      const chosen = yield* Actions.choose(yield* list, input.ids, Actions.canCancel)
      yield* want(chosen, "cancel")
      yield* say(`${QueueView.uploads(chosen.length)} canceled`)
      break
    }
    case "clean": {
      const removed = yield* Effect.mapError(journal.clean({ failed: input.failed }), Problem.of)
      yield* say(`${QueueView.uploads(removed)} removed from the list`)
      break
    }
    case "pause":
      yield* Effect.mapError(journal.setPaused(true), Problem.of)
      yield* say("the queue is paused; chunks in flight are finished")
      break
    case "resume":
      if (input.here) yield* Effect.mapError(journal.claim, Problem.of)
      yield* Effect.mapError(journal.setPaused(false), Problem.of)
      yield* say("the queue is not paused")
      break
  }
  if (input.json) yield* output.json(QueueView.document(yield* list))
})

/** The command. */
export const command = Command.make("queue", config, handler).pipe(
  Command.withDescription("Shows and changes the uploads that are waiting, are being sent, or have ended."),
  Command.withShortDescription("Show and change the queue of uploads"),
  Command.withExamples([
    { command: "holdfast queue list", description: "Show every upload with its state" },
    { command: "holdfast queue retry --all", description: "Send every failed upload again" },
    { command: "holdfast queue cancel 7f3a", description: "Cancel the upload whose id begins with 7f3a" },
  ]),
)
