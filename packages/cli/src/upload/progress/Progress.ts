/**
 * Shows the progress of a run as a block on a terminal, and otherwise as one line every 10 s. With `--json`, progress events
 * are also emitted.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { Output } from "../../terminal/Output.ts"
import * as Style from "../../terminal/Style.ts"
import * as ProgressView from "./ProgressView.ts"
import type { UploadState } from "../State.ts"

/** The interval between frames. Ten frames per second look smooth. A higher rate would only use more energy. */
const frame = "100 millis"

/** The interval between progress lines. At this interval, the log of an hour-long run remains readable. */
const interval = "10 seconds"

/** The command-line options that affect the progress display. */
export interface Options {
  readonly quiet: boolean
  readonly json: boolean
}

/**
 * Shows the progress until the scope closes.
 *
 * **Details**
 *
 * The block is shown only if standard error is a terminal that supports redrawing and events are not printed to a terminal.
 */
export const show = (run: UploadState, options: Options): Effect.Effect<void, never, Output | Scope.Scope> =>
  Effect.gen(function* () {
    const output = yield* Output
    if (options.json) yield* Effect.forkScoped(Effect.repeat(event(run), Schedule.spaced("1 second")))
    if (options.quiet) return
    if (!output.stderr.canRedraw || (options.json && output.stdout.isTerminal)) {
      const line = Effect.flatMap(run.snapshot, (snapshot) =>
        snapshot === undefined || ProgressView.isIdle(snapshot)
          ? Effect.void
          : output.message(ProgressView.line(snapshot)),
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
    return Effect.forEach(
      snapshot.files,
      ({ path, reading }) =>
        run.emit({
          type: "progress",
          path,
          total: reading.total,
          sent: reading.sent,
          confirmed: reading.confirmed,
          bytesPerSecond: reading.rate === undefined ? null : Math.round(reading.rate),
          leftMs: reading.left === undefined ? null : Math.round(reading.left),
          waiting: snapshot.waiting?.text ?? ProgressView.awaited(reading) ?? null,
        }),
      { discard: true },
    )
  })
