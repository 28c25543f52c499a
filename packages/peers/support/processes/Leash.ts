/**
 * Foreign processes that end with this one, however it ends.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs"
import type { Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A new folder, and the processes that work in it. */
export interface Leash {
  /** The folder; it disappears with the processes. */
  readonly directory: string
  /**
   * Starts a process whose output goes to `<name>.log` in the folder. Its arguments must name the folder or something in
   * it: that is how it is recognised before it is killed.
   */
  readonly start: (name: string, command: string, args: ReadonlyArray<string>) => ChildProcess
  /** Kills the processes and removes the folder. */
  readonly release: () => Promise<void>
}

// It reads process ids until its input ends, which happens when this process calls `release` and also when it is killed.
// Each leads a group, which its own children are in. The number may be another process's by then, so the group is only killed
// while the leader's command line names the folder ($0). What dies may still write: the folder has to stay away.
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

/** A leash without processes; `name` begins the name of its folder under the system's temporary folder. */
export const make = (name: string): Leash => {
  const directory = mkdtempSync(join(tmpdir(), `${name}-`))
  // A group of its own: Ctrl-C, which ends us, must not end the keeper before it has done its work.
  const held = spawn("sh", ["-c", keeper, directory], { stdio: ["pipe", "ignore", "ignore"], detached: true })
  // It outlives us; it does not keep us alive.
  held.unref()
  const commands = held.stdin as Socket
  commands.unref()
  let released: Promise<void> | undefined
  return {
    directory,
    start: (process, command, args) => {
      const log = openSync(join(directory, `${process}.log`), "a")
      const child = spawn(command, args, { stdio: ["ignore", log, log], detached: true })
      closeSync(log)
      // A command that does not exist ends at once, and the code that waits for its answer sees that.
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

/** The last lines of every log of a folder, for the message of a peer that does not start. */
export const tail = (directory: string, lines = 10): string =>
  readdirSync(directory)
    .filter((name) => name.endsWith(".log"))
    .map((name) => {
      const text = readFileSync(join(directory, name), "utf8").trimEnd()
      return `--- ${name}\n${text.split("\n").slice(-lines).join("\n")}`
    })
    .join("\n")
