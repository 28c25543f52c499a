/**
 * The command as a process: runs the command line, answers signals, sets the exit code.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cli from "./Cli.ts"
import * as ExitCode from "./process/ExitCode.ts"
import { Output } from "./terminal/Output.ts"

/** Runs a command line until it has ended. */
export const run = (args: ReadonlyArray<string>): void => {
  // The first signal interrupts and lets everything be put away; a second one, from a person who had enough, does not wait.
  // npm and a terminal may both deliver the first, hence the half second.
  let endingSince: number | undefined
  const ending = () => {
    const now = process.uptime()
    if (endingSince !== undefined && now - endingSince > 0.5) process.exit(ExitCode.code("interrupted"))
    endingSince ??= now
  }
  process.on("SIGINT", ending)
  process.on("SIGTERM", ending)
  process.on("SIGHUP", () => process.emit("SIGTERM"))

  // A reader that closed its pipe, as `head -1` does, does not end an upload: the files still have to arrive, and the exit code
  // says whether they did. Other commands end as on a signal, because their output is all they are for.
  const readerGone = (error: NodeJS.ErrnoException) => {
    if (args[0] === "upload" && error.code === "EPIPE") return
    if (endingSince === undefined) process.emit("SIGTERM")
  }
  process.stdout.on("error", readerGone)
  process.stderr.on("error", readerGone)

  // An upload becomes interruptible when it can summarize its files; a signal that arrives earlier waits until then.
  const program = Effect.provide(Cli.run(args), Output.layer)
  NodeRuntime.runMain(args[0] === "upload" ? Effect.uninterruptible(program) : program, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
      onExit(ExitCode.code(Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"))
    },
  })
  const early = earlySignal()
  if (early !== undefined) process.emit(early)
}

/** The signal that arrived while the program was loaded; `bin/earlySignals.js` has kept it. */
const earlySignal = (): NodeJS.Signals | undefined => {
  const release: unknown = Reflect.get(globalThis, Symbol.for("@holdfast/earlySignals"))
  return typeof release === "function" ? release() : undefined
}
