/**
 * Writes the output of the command: data to standard output, and messages and progress to standard error.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { createLogUpdate } from "log-update"
import * as Capabilities from "./Capabilities.ts"
import * as Columns from "./Columns.ts"
import * as LineWriter from "./LineWriter.ts"
import * as Printable from "./Printable.ts"

export type { Capabilities } from "./Capabilities.ts"

/** A block of lines that is redrawn in place while messages are printed above the block. */
export interface Screen {
  readonly draw: (lines: ReadonlyArray<string>) => Effect.Effect<void>
}

/**
 * A service that writes the output of the command.
 *
 * **Details**
 *
 * Every line passes through `Printable.line`, so that text from a vendor, a file name or a flag cannot control the terminal
 * or forge another line.
 *
 * `log-update` draws the terminal block. The package is maintained (`cli-progress` has not had a release since 2023). The
 * package writes only changed lines, wraps and clips text to fit the terminal, and hides and restores the cursor. The package
 * does not set timers, so Effect's clock controls all redraws.
 */
export class Output extends Context.Service<
  Output,
  {
    /** Prints one line of data. */
    readonly data: (line: string) => Effect.Effect<void>
    /** Prints many lines of data in one write, which takes less CPU time than a write for each line. */
    readonly table: (lines: ReadonlyArray<string>) => Effect.Effect<void>
    /** Prints one line of JSON. */
    readonly json: (value: unknown) => Effect.Effect<void>
    /** Prints one message for the user. */
    readonly message: (line: string) => Effect.Effect<void>
    readonly stdout: Capabilities.Capabilities
    readonly stderr: Capabilities.Capabilities
    /** The current width of a stream in columns. The stream defaults to standard error. */
    readonly columns: (stream?: "stdout" | "stderr") => number
    /** Opens a block of lines on standard error. Closing the scope erases the block and restores the cursor. */
    readonly screen: Effect.Effect<Screen, never, Scope.Scope>
  }
>()("holdfast/Output") {
  /** A layer that writes to the output streams of this process. */
  static readonly layer: Layer.Layer<Output> = Layer.effect(
    Output,
    Effect.gen(function* () {
      const environment = yield* Effect.orDie(variables)
      let block: ReturnType<typeof createLogUpdate> | undefined
      const stdout = Capabilities.make(environment, process.stdout)
      const stderr = Capabilities.make(environment, process.stderr)
      const { flush, write: batch } = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const lines = LineWriter.make(process.stdout)
          // A second Ctrl-C exits without closing the scope.
          process.on("exit", lines.flush)
          return lines
        }),
        (lines) =>
          Effect.sync(() => {
            process.off("exit", lines.flush)
            lines.flush()
          }),
      )
      const write = (line: string): void => {
        // If both streams are the same terminal, a line of data would be printed inside the block.
        if (block !== undefined && process.stdout.isTTY) block.clear()
        batch(line)
        if (process.stdout.isTTY) flush()
      }
      return {
        stdout,
        stderr,
        columns: (stream = "stderr") => Columns.ofStream(process[stream], environment.columns),
        data: (line) => Effect.sync(() => write(Printable.line(line, stdout.canColor))),
        table: (lines) =>
          Effect.sync(() => write(lines.map((line) => Printable.line(line, stdout.canColor)).join("\n"))),
        json: (value) => Effect.sync(() => write(Printable.json(value))),
        message: (line) =>
          Effect.sync(() => {
            const printable = Printable.line(line, stderr.canColor)
            flush()
            if (block === undefined) process.stderr.write(`${printable}\n`)
            else block.persist(printable)
          }),
        screen: Effect.acquireRelease(
          // Imported when a block is drawn, because it is a sixth of the command's code and most runs draw none.
          Effect.map(
            Effect.promise(() => import("log-update")),
            (logUpdate): Screen => {
              const opened = logUpdate.createLogUpdate(process.stderr)
              block = opened
              return {
                draw: (lines: ReadonlyArray<string>) =>
                  Effect.sync(() => opened(lines.map((line) => Printable.line(line, stderr.canColor)).join("\n"))),
              }
            },
          ),
          () =>
            Effect.sync(() => {
              block?.clear()
              block?.done()
              block = undefined
            }),
        ),
      }
    }),
  )

  /** A layer that collects the lines in memory instead of printing them. */
  static readonly layerMemory = (
    lines: { readonly stdout: Array<string>; readonly stderr: Array<string>; readonly drawn?: Array<string> },
    stream: Capabilities.Capabilities = { isTerminal: false, canRedraw: false, canColor: false },
    columns = 80,
  ): Layer.Layer<Output> =>
    Layer.succeed(Output, {
      stdout: stream,
      stderr: stream,
      columns: () => columns,
      data: (line) => Effect.sync(() => void lines.stdout.push(Printable.line(line, stream.canColor))),
      table: (rows) =>
        Effect.sync(() => void lines.stdout.push(...rows.map((row) => Printable.line(row, stream.canColor)))),
      json: (value) => Effect.sync(() => void lines.stdout.push(Printable.json(value))),
      message: (line) => Effect.sync(() => void lines.stderr.push(Printable.line(line, stream.canColor))),
      screen: Effect.succeed({
        draw: (block: ReadonlyArray<string>) =>
          Effect.sync(
            () => void lines.drawn?.push(block.map((line) => Printable.line(line, stream.canColor)).join("\n")),
          ),
      }),
    })
}

const variables = Config.all({
  noColor: Config.String("NO_COLOR").pipe(Config.withDefault("")),
  forceColor: Config.String("FORCE_COLOR").pipe(Config.withDefault("")),
  term: Config.String("TERM").pipe(Config.withDefault("")),
  columns: Config.String("COLUMNS").pipe(Config.withDefault("")),
})
