/**
 * Runs the command on another Node: passes on arguments, streams and signals, and returns the exit code.
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
    // The channel closes when this process ends for any reason, which makes the other one end too.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, HOLDFAST_OUTER: String(process.pid) },
  })
  const forward = (signal) => child.kill(signal)
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward)
  // The terminal sends Ctrl-C to both processes, and a second signal would cut the clean-up short. A signal is
  // therefore forwarded only if no terminal can have sent it.
  process.on("SIGINT", process.stdin.isTTY ? () => {} : forward)
  child.on("error", (error) => {
    console.error(`holdfast: cannot start ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
