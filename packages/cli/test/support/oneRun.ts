/**
 * Runs the command's program in this process, and returns its exit code and output.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Cli from "holdfast/Cli"
import * as Event from "holdfast/Event"
import { Output } from "holdfast/Output"
import * as ScaledClock from "./ScaledClock.ts"

/** The end of a command line. */
export interface Ran {
  readonly exitCode: number
  readonly stdout: ReadonlyArray<string>
  readonly stderr: ReadonlyArray<string>
}

/** The output of the command so far. */
export interface Lines {
  readonly stdout: Array<string>
  readonly stderr: Array<string>
}

/** Runs a command line. `lines` can be read while it runs. */
export const bare = (args: ReadonlyArray<string>, lines: Lines = { stdout: [], stderr: [] }): Effect.Effect<Ran> =>
  Cli.run(args).pipe(
    Effect.provide(Output.layerMemory(lines)),
    Effect.map((exitCode) => ({ exitCode, ...lines })),
  )

/** Like `bare`, on a clock that is `factor` times as fast and `ahead` milliseconds ahead. */
export const command = (args: ReadonlyArray<string>, factor = 1, lines?: Lines, ahead = 0): Effect.Effect<Ran> =>
  ScaledClock.provide(factor, ahead)(bare(args, lines))

const decodeSummary = Schema.decodeUnknownEffect(Schema.fromJsonString(Event.Summary))

/** The last line, decoded. */
export const summary = (ran: Ran): Effect.Effect<Event.Summary, Schema.SchemaError> =>
  decodeSummary(ran.stdout.at(-1) ?? "")

const decodeEvent = Schema.decodeUnknownEffect(Schema.fromJsonString(Event.Event))

/** The lines before the last, decoded. */
export const events = (ran: Ran): Effect.Effect<ReadonlyArray<Event.Event>, Schema.SchemaError> =>
  Effect.forEach(ran.stdout.slice(0, -1), (line) => decodeEvent(line))
