/**
 * Shows the progress of a run while it lasts: a block on a terminal, else a line every 10 s; `--json` has its own events.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as ProgressView from "./ProgressView.ts"
import type { UploadState } from "./State.ts"

/** Ten frames a second look smooth and cost nothing; more would only burn the battery. */
const frame = "100 millis"

/** Elsewhere, one line every 10 s: a log of an hour keeps a readable length. */
const interval = "10 seconds"

/** What the command line asked for. */
export interface Options {
  readonly quiet: boolean
  readonly json: boolean
}

/**
 * Starts showing; the scope ends it.
 *
 * **Details**
 *
 * The block needs standard error to be a terminal, and standard output must not print events to the same one.
 */
export const show = (run: UploadState, options: Options): Effect.Effect<void, never, Output | Scope.Scope> =>
  Effect.gen(function* () {
    const output = yield* Output
    if (options.json) yield* Effect.forkScoped(Effect.repeat(event(run), Schedule.spaced("1 second")))
    if (options.quiet) return
    if (!output.stderr.canRedraw || (options.json && output.stdout.isTerminal)) {
      const line = Effect.flatMap(run.snapshot, (snapshot) =>
        snapshot === undefined ? Effect.void : output.message(ProgressView.line(snapshot)),
      )
      yield* Effect.forkScoped(Effect.repeat(Effect.andThen(Effect.sleep(interval), line), Schedule.forever))
      return
    }
    const screen = yield* output.screen
    const style = Style.make(output.stderr.canColor)
    const draw = Effect.flatMap(run.snapshot, (snapshot) =>
      snapshot === undefined ? Effect.void : screen.draw(ProgressView.block(snapshot, output.columns(), style)),
    )
    yield* Effect.forkScoped(Effect.repeat(draw, Schedule.spaced(frame)))
  })

const event = (run: UploadState): Effect.Effect<void> =>
  Effect.flatMap(run.snapshot, (snapshot) => {
    if (snapshot === undefined) return Effect.void
    const { path, reading, waiting } = snapshot
    return run.emit({
      type: "progress",
      path,
      total: reading.total,
      sent: reading.sent,
      confirmed: reading.confirmed,
      bytesPerSecond: reading.rate === undefined ? null : Math.round(reading.rate),
      leftMs: reading.left === undefined ? null : Math.round(reading.left),
      waiting: waiting?.text ?? ProgressView.awaited(reading) ?? null,
    })
  })
