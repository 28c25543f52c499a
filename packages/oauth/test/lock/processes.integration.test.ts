/**
 * The lock between real processes that are killed. The subject is the behavior of the kernel.
 */
import { assert, describe, it } from "@effect/vitest"
import { type ChildProcess, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const visitor = fileURLToPath(new URL("./visitor.ts", import.meta.url))

describe("a lock between processes", () => {
  it("admits one process at a time, and becomes available immediately when its holder is killed at a random point", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-lock-"))
    const log = Path.join(folder, "log")
    Fs.writeFileSync(log, "")
    const lines = () => Fs.readFileSync(log, "utf8").split("\n").filter(Boolean)
    const start = () =>
      spawn(process.execPath, ["--conditions=@holdfast/source", visitor, Path.join(folder, "x.owner"), log], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, NODE_OPTIONS: "" },
      })
    const kill = (child: ChildProcess) =>
      new Promise<void>((resolve) => {
        child.once("exit", () => resolve())
        child.kill("SIGKILL")
      })
    const running: Array<ChildProcess> = [start(), start(), start(), start()]
    const pids = running.map(({ pid }) => pid)
    try {
      const until = async (enough: () => boolean) => {
        while (!enough()) await new Promise((resolve) => setTimeout(resolve, 3 + Math.random() * 10))
      }
      const seen = (from: number) =>
        new Set(
          lines()
            .slice(from)
            .map((line) => line.split(" ")[1]),
        )
      await until(() => seen(0).size === 4)
      while (running.length > 1) {
        // The victim holds the lock, or did a moment ago. The others continue afterwards.
        const last = lines().at(-1)?.split(" ")[1]
        const victim = running.findIndex(({ pid }) => String(pid) === last)
        const [child] = running.splice(Math.max(victim, 0), 1)
        if (child !== undefined) await kill(child)
        const before = lines().length
        await until(() => lines().length > before + 6)
      }
    } finally {
      await Promise.all(running.map(kill))
    }

    let inside: string | undefined
    const killed = new Set<string>()
    for (const line of lines()) {
      const [what, pid = ""] = line.split(" ")
      assert.isFalse(killed.has(pid), `${pid} was in although another had entered`)
      if (what === "out") {
        assert.strictEqual(inside, pid)
        inside = undefined
      } else {
        // Only a process that was killed while it held the lock never logs its release.
        if (inside !== undefined) killed.add(inside)
        inside = pid
      }
    }
    assert.isTrue(pids.every((pid) => lines().includes(`in ${pid}`)))
    Fs.rmSync(folder, { recursive: true })
  }, 60_000)
})
