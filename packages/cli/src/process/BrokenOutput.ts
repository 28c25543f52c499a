/**
 * Handles output streams that can no longer be written, because the reader closed the pipe or the disk is full.
 */
import * as ExitCode from "./ExitCode.ts"

/** The reaction of a command when its output cannot be written. */
export interface Options {
  /** Whether the command continues, because its work matters more than its output. */
  readonly continues: boolean
  /** Ends the command as a signal does. */
  readonly interrupt: () => void
}

/** The members of a stream that this module uses. */
export interface Stream {
  readonly on: (event: "error", listener: (error: NodeJS.ErrnoException) => void) => unknown
  readonly write: (text: string) => unknown
}

/**
 * Watches both streams. Returns a function from the exit code of the command's work to the final exit code.
 *
 * **Details**
 *
 * If the reader closed the pipe, the command ends with the code of an interruption. Any other failure ends it with 7,
 * because its output is lost, and standard error states the reason once. A command that continues keeps its own code.
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
    // Another failure has its own code and was reported on the other stream.
    const isOwn = exitCode !== 0 && exitCode !== ExitCode.code("interrupted")
    return isOwn ? exitCode : ExitCode.code(broken.code === "EPIPE" ? "interrupted" : "local")
  }
}
