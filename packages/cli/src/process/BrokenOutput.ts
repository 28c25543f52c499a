/**
 * Streams of this process that can no longer be written: a reader that went away, or a full disk.
 */
import * as ExitCode from "./ExitCode.ts"

/** What a command does when its output cannot be written. */
export interface Options {
  /** Whether the command goes on: its work matters more than its output. */
  readonly continues: boolean
  /** Ends the command as a signal does. */
  readonly interrupt: () => void
}

/** The parts of a stream that are used here. */
export interface Stream {
  readonly on: (event: "error", listener: (error: NodeJS.ErrnoException) => void) => unknown
  readonly write: (text: string) => unknown
}

/**
 * Watches both streams; returns the exit code of the command from the one that its work led to.
 *
 * **Details**
 *
 * A command whose reader went away ends with the code of an interruption. Any other failure ends it with 7, because what it
 * printed is lost, and standard error names the reason once. A command that continues keeps its own code.
 */
export const watch = (
  stdout: Stream,
  stderr: Stream,
  { continues, interrupt }: Options,
): ((exitCode: number) => number) => {
  let broken: NodeJS.ErrnoException | undefined
  const failed = (name: string, stream: Stream) =>
    stream.on("error", (error) => {
      const isFirst = broken === undefined
      broken ??= error
      if (isFirst && error.code !== "EPIPE" && stream !== stderr) {
        stderr.write(`holdfast: cannot write to ${name}: ${error.message}\n`)
      }
      if (isFirst && !continues) interrupt()
    })
  failed("standard output", stdout)
  failed("standard error", stderr)
  return (exitCode) => {
    if (continues || broken === undefined) return exitCode
    // Whatever else went wrong has its own code, and was reported to the other stream.
    const isOwn = exitCode !== 0 && exitCode !== ExitCode.code("interrupted")
    return isOwn ? exitCode : ExitCode.code(broken.code === "EPIPE" ? "interrupted" : "local")
  }
}
