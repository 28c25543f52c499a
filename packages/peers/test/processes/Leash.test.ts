import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Leash from "../../support/processes/Leash.ts"
import * as Peer from "../../support/processes/Peer.ts"

// A process that has ended has no command line, even before its parent has noticed.
const lives = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== ""
  } catch {
    return false
  }
}

/** Waits until a process has ended. */
const gone = (pid: number) =>
  Peer.until(() => (lives(pid) ? undefined : true), { what: `the end of process ${pid}`, seconds: 10 })

// A parent and its child, both of which would live for a minute.
const family = ["-c", 'sleep 60 & echo "child $!"; wait', "in"]

const childOf = (directory: string) =>
  Peer.until(() => /child (\d+)/.exec(Leash.tail(directory))?.[1], { what: "the child", seconds: 10 })

describe("the processes of a peer", () => {
  it("ends a peer's processes and their children, and removes their folder, on release", async () => {
    const leash = Leash.make("holdfast-leash")
    const parent = leash.start("family", "sh", [...family, leash.directory])
    const child = Number(await childOf(leash.directory))
    await leash.release()
    assert.isFalse(existsSync(leash.directory))
    await gone(parent.pid!)
    await gone(child)
  })

  it("does not start a process that could not be identified, and would therefore outlive the leash", async () => {
    const leash = Leash.make("holdfast-leash")
    assert.throws(() => leash.start("sleep", "sleep", ["60"]), leash.directory)
    await leash.release()
  })

  it("ends the processes if the program that started them is killed at any point", async () => {
    const program = `
      const Leash = await import(${JSON.stringify(join(import.meta.dirname, "../../support/processes/Leash.ts"))})
      const leash = Leash.make("holdfast-leash")
      leash.start("family", "sh", [...${JSON.stringify(family)}, leash.directory])
      console.log(leash.directory)
      setInterval(() => {}, 1000)`
    const killed = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const [line] = (await once(killed.stdout, "data")) as [Buffer]
    const directory = line.toString().trim()
    const child = Number(await childOf(directory))
    killed.kill("SIGKILL")
    await gone(child)
    await Peer.until(() => (existsSync(directory) ? undefined : true), { what: "the end of the folder", seconds: 10 })
  })
})
