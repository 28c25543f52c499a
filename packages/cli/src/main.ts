/**
 * The process: runs the command line, answers signals, sets the exit code.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cli from "./Cli.ts"
import * as ExitCode from "./ExitCode.ts"
import { Output } from "./Output.ts"

// A reader that went away (`| head`) ends the command quietly, as it ends every other one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 141 : ExitCode.code("local"))
})

// The first signal interrupts and lets everything be put away; a second one, from a person who had enough, does not wait.
// npm and a terminal may both deliver the first, hence the half second.
let signalledAt: number | undefined
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    const now = process.uptime()
    if (signalledAt !== undefined && now - signalledAt > 0.5) process.exit(ExitCode.code("interrupted"))
    signalledAt ??= now
  })
}

NodeRuntime.runMain(Effect.provide(Cli.run(process.argv.slice(2)), Output.layer), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(Number(exit.value))
    onExit(ExitCode.code(Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"))
  },
})
