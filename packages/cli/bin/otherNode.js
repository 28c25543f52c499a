/**
 * Runs the command on another Node and hands everything over: arguments, streams, signals, and on the way back the exit code.
 */
import { spawn } from "node:child_process"
import { constants } from "node:os"
import { fileURLToPath } from "node:url"

/**
 * @param {string} node
 * @param {ReadonlyArray<string>} args
 */
export function run(node, args) {
  const child = spawn(node, [fileURLToPath(new URL("holdfast.js", import.meta.url)), ...args], {
    // The channel closes when this process ends in whatever way, and tells the other one to end too.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, HOLDFAST_OUTER: String(process.pid) },
  })
  const forward = (signal) => child.kill(signal)
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward)
  // The terminal sends Ctrl-C to both processes. A signal sent to this one alone would be lost without forwarding, and a
  // doubled one would cut the clean-up short, so it is passed on only where no terminal can have sent it.
  process.on("SIGINT", process.stdin.isTTY ? () => {} : forward)
  child.on("error", (error) => {
    console.error(`holdfast: cannot start ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
