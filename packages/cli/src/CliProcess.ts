/**
 * Runs the command as a process: executes the command line, handles signals and sets the exit code.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cli from "./Cli.ts"
import * as BrokenOutput from "./process/BrokenOutput.ts"
import * as ExitCode from "./process/ExitCode.ts"
import { Output } from "./terminal/Output.ts"

/** Runs a command line to completion. */
export const run = (args: ReadonlyArray<string>): void => {
  // The first signal interrupts the command and lets it clean up; a second one ends it immediately. npm and a terminal
  // may both deliver the first signal, so a second one within half a second is ignored.
  let endingSince: number | undefined
  const ending = () => {
    const now = process.uptime()
    if (endingSince !== undefined && now - endingSince > 0.5) process.exit(ExitCode.code("interrupted"))
    endingSince ??= now
  }
  process.on("SIGINT", ending)
  process.on("SIGTERM", ending)
  process.on("SIGHUP", () => process.emit("SIGTERM"))

  const isSending = args[0] === "upload" || args[0] === "watch" || args[0] === "worker"
  // A closed pipe (`head -1`) or a full disk does not end an upload: the files still have to arrive, and the exit code
  // reports whether they did. Other commands end, because their output is their only purpose.
  const exitCode = BrokenOutput.watch(process.stdout, process.stderr, {
    continues: isSending,
    interrupt: () => {
      if (endingSince === undefined) process.emit("SIGTERM")
    },
  })

  // An upload becomes interruptible once it can summarize its files. An earlier signal waits until then.
  // A worker goes on after a signal and ends with an exit code of its own, although its fiber counts as interrupted.
  let ended: number | undefined
  const program = Cli.run(args).pipe(
    Effect.tap((code) => Effect.sync(() => (ended = code))),
    Effect.provide(Output.layer),
  )
  NodeRuntime.runMain(isSending ? Effect.uninterruptible(program) : program, {
    disableErrorReporting: true,
    teardown: (exit, onExit) => {
      const own = Exit.isSuccess(exit)
        ? Number(exit.value)
        : Cause.hasInterruptsOnly(exit.cause)
          ? (ended ?? ExitCode.code("interrupted"))
          : ExitCode.code("defect")
      // A stream reports a failed last write only later.
      setImmediate(() => onExit(exitCode(own)))
    },
  })
  const early = earlySignal()
  if (early !== undefined) process.emit(early)
}

/** Returns the signal that arrived while the program was loading, as stored by `bin/earlySignals.js`. */
const earlySignal = (): NodeJS.Signals | undefined => {
  const release: unknown = Reflect.get(globalThis, Symbol.for("@holdfast/earlySignals"))
  return typeof release === "function" ? release() : undefined
}
