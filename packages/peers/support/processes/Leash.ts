/**
 * Starts external processes that end with this one, however it ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs"
import type { Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A new folder, and the processes that work in it. */
export interface Leash {
  /** The folder; it is removed with the processes. */
  readonly directory: string
  /**
   * Starts a process whose output goes to `<name>.log` in the folder. Its arguments must contain a path in the folder, by which
   * it is identified before it is killed. Throws if they do not.
   */
  readonly start: (name: string, command: string, args: ReadonlyArray<string>) => ChildProcess
  /** Kills the processes and removes the folder. */
  readonly release: () => Promise<void>
}

// The keeper reads process IDs until its input ends, which happens when this process calls `release` or is killed. Each process
// leads a group that contains its children. Its ID may by then belong to another process, so the group is killed only if the
// leader's command line contains the folder ($0). Dying processes may still write, so the folder is removed repeatedly.
const keeper = `
while read -r pid; do set -- "$@" "$pid"; done
for pid; do
  if grep -qsF -- "$0" "/proc/$pid/cmdline"; then kill -s KILL -- "-$pid"; fi
done
for attempt in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf -- "$0" 2>/dev/null
  sleep 0.1
  [ -e "$0" ] || exit 0
done`

/** Makes a leash without processes; `name` is the prefix of its folder in the system's temporary folder. */
export const make = (name: string): Leash => {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`))
  // The keeper has its own group: Ctrl-C, which ends this process, must not end the keeper before it has finished.
  const held = spawn("sh", ["-c", keeper, directory], { stdio: ["pipe", "ignore", "ignore"], detached: true })
  // The keeper outlives this process but does not keep it alive.
  held.unref()
  const commands = held.stdin as Socket
  commands.unref()
  let released: Promise<void> | undefined
  return {
    directory,
    start: (process, command, args) => {
      if (!args.some((arg) => arg.includes(directory))) throw new Error(`no argument of ${command} names ${directory}`)
      const log = openSync(join(directory, `${process}.log`), "a")
      const child = spawn(command, args, { stdio: ["ignore", log, log], detached: true })
      closeSync(log)
      // If the command does not exist, the process ends immediately, and the code that waits for it notices.
      child.on("error", () => {})
      if (child.pid !== undefined) commands.write(`${child.pid}\n`)
      return child
    },
    release: () => {
      released ??= new Promise((resolve) => {
        held.ref()
        once(held, "exit").then(() => resolve(), resolve)
        commands.end()
      })
      return released
    },
  }
}

/** The last lines of every log in a folder, for the error message if a peer does not start. */
export const tail = (directory: string, lines = 10): string =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".log"))
    .map((name) => {
      const text = readFileSync(join(directory, name), "utf8").trimEnd()
      return `--- ${name}\n${text.split("\n").slice(-lines).join("\n")}`
    })
    .join("\n")
