/**
 * Handles output streams that the command can no longer write to because the reader has closed the pipe or the disk is full.
 */
import * as ExitCode from "./ExitCode.ts"

/** The options that define how a command reacts when its output cannot be written. */
export interface Options {
  /** Whether the command continues after a write error, because its work matters more than its output. */
  readonly continues: boolean
  /** Interrupts the command as a signal would. */
  readonly interrupt: () => void
}

/** The methods of a stream that this module uses. */
export interface Stream {
  readonly on: (event: "error", listener: (error: NodeJS.ErrnoException) => void) => unknown
  readonly write: (text: string) => unknown
}

/**
 * Watches standard output and standard error for write errors. Returns a function that converts the exit code of the
 * command's work to the final exit code.
 *
 * **Details**
 *
 * If the reader has closed the pipe, the command ends with the exit code for an interruption. After any other write error,
 * the command ends with exit code 7 because its output is lost. If standard output failed, the reason is reported once on
 * standard error. If the command continues after a write error, it keeps the exit code of its work.
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
