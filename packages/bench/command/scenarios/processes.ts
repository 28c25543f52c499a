/**
 * Signals, readers that close their pipe, concurrent processes, and a full disk.
 */
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import type { Running } from "../process.ts"
import type { Expected, Scenario } from "../Scenario.ts"
import type { Stage } from "../stage.ts"
import { chunkSize } from "../stage.ts"

/** Sends three files of four chunks, and runs an action when the second chunk of the second file arrives. */
const disturbed =
  (disturb: (running: Running) => void, args: ReadonlyArray<string> = ["--json"]) =>
  async (stage: Stage) => {
    await stage.pair()
    const paths = ["A001.mov", "A002.mov", "A003.mov"].map((name) => stage.file(name))
    const common = ["upload", "--api", stage.front.api.url, "--parallel", "1", "--no-pair"]
    const running = stage.start([...common, ...args, ...paths])
    stage.front.behave(async ({ nth, route }) => {
      if (route !== "chunk" || nth < 6) return undefined
      if (nth === 6) disturb(running)
      await new Promise((resolve) => setTimeout(resolve, 500))
      return undefined
    })
    return [await running.ended]
  }

const interrupted: Expected = {
  exit: [130],
  assets: 2,
  stored: 1,
  sent: [5 * chunkSize, 7 * chunkSize],
  outcomes: ["uploaded", "interrupted", "interrupted"],
  within: 30_000,
}

/** A Node that is too old for the command, which then starts that of the workspace. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter((path) => !path.includes("node_modules") && Fs.existsSync(path))
  .find((path) => {
    const [major = 0, minor = 0] = spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" })
      .stdout.trim()
      .split(".")
      .map(Number)
    return major === 20 || major === 21 || (major === 22 && minor < 19)
  })

/** Mounts a disk of 1 MiB. This requires root, and is not possible in every container. */
const mount = (path: string): boolean =>
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", path]).status === 0

const unmount = (path: string) => spawnSync("umount", ["--lazy", path])

const withoutSmallDisk = (): string | undefined => {
  const path = Fs.mkdtempSync(join(tmpdir(), "holdfast-disk-"))
  const mounted = mount(path)
  if (mounted) unmount(path)
  Fs.rmdirSync(path)
  return mounted ? undefined : "a small disk cannot be mounted here"
}

export const processes: ReadonlyArray<Scenario> = [
  {
    name: "SIGINT: the summary distinguishes what arrived from what did not",
    short: true,
    play: disturbed(({ child }) => child.kill("SIGINT")),
    expected: interrupted,
  },
  { name: "SIGTERM", play: disturbed(({ child }) => child.kill("SIGTERM")), expected: interrupted },
  {
    name: "SIGINT without --json: the last lines name what arrived and what did not",
    play: disturbed(({ child }) => child.kill("SIGINT"), []),
    expected: { ...interrupted, outcomes: [], says: [/1 .*arrived/s, /A002\.mov/, /A003\.mov/] },
  },
  {
    name: "SIGKILL, and the next run continues with the file",
    play: async (stage) => {
      await stage.pair(true)
      const path = stage.file("A001.mov")
      let killed = false
      const first = stage.upload([path])
      stage.front.behave(({ nth, route }) => {
        if (route === "chunk" && nth === 2 && !killed) killed = first.child.kill("SIGKILL")
        return undefined
      })
      return [await first.ended, await stage.upload([path]).ended]
    },
    expected: { exit: ["SIGKILL", 0], assets: 1, stored: 1, outcomes: ["uploaded"], calls: { refresh: 1 } },
  },
  {
    name: "SIGKILL of the outer process ends the inner one",
    short: true,
    skip: () => (oldNode === undefined ? "no Node below 22.19 is installed, so there is no outer process" : undefined),
    play: async (stage) => {
      await stage.pair()
      const path = stage.file("A001.mov", 16 * chunkSize)
      const running = stage.upload([path], oldNode === undefined ? {} : { program: oldNode })
      stage.front.behave(async ({ nth, route }) => {
        if (route !== "chunk") return undefined
        if (nth === 2) running.child.kill("SIGKILL")
        await new Promise((resolve) => setTimeout(resolve, 400))
        return undefined
      })
      return [await running.ended]
    },
    expected: { exit: ["SIGKILL"], assets: 1, stored: 0, sent: [chunkSize, 10 * chunkSize] },
  },
  {
    name: "| head -1 does not end the upload",
    short: true,
    play: async (stage) => {
      await stage.pair()
      const running = stage.upload([stage.file("A001.mov")])
      running.child.stdout?.once("data", () => running.child.stdout?.destroy())
      return [await running.ended]
    },
    expected: { exit: [0], assets: 1, stored: 1, sent: 4 * chunkSize },
  },
  {
    name: "two processes with one pairing whose token has expired: one refresh",
    short: true,
    play: async (stage) => {
      await stage.pair(true)
      const paths = ["A001.mov", "A002.mov"].map((name) => stage.file(name))
      return Promise.all(paths.map((path) => stage.upload([path]).ended))
    },
    expected: {
      exit: [0, 0],
      assets: 2,
      stored: 2,
      sent: 8 * chunkSize,
      calls: { refresh: 1 },
    },
  },
  {
    name: "a full disk when the token must be refreshed: no refresh is sent, and the message asks for room",
    short: true,
    skip: withoutSmallDisk,
    play: async (stage) => {
      mount(stage.home)
      try {
        await stage.pair(true)
        try {
          for (;;) Fs.appendFileSync(join(stage.home, "footage"), Buffer.alloc(4096))
        } catch {
          // The disk is full.
        }
        const path = stage.file("A001.mov")
        const full = await stage.upload([path]).ended
        Fs.rmSync(join(stage.home, "footage"))
        return [full, await stage.upload([path]).ended]
      } finally {
        unmount(stage.home)
      }
    },
    expected: {
      exit: [7, 0],
      assets: 1,
      stored: 1,
      outcomes: ["skipped", "uploaded"],
      says: [/room|space/],
      saysNot: [/holdfast pair/],
      calls: { refresh: 1 },
    },
  },
  {
    name: "a token that the server has revoked: exit 4 and the command that pairs",
    play: async (stage) => {
      await stage.pair()
      for (const file of Fs.readdirSync(join(stage.home, "tokens")).filter((name) => name.endsWith(".json"))) {
        const path = join(stage.home, "tokens", file)
        Fs.writeFileSync(
          path,
          Fs.readFileSync(path, "utf8").replace(/("(?:access|refresh)Token": ?")[^"]+/g, "$1worthless"),
        )
      }
      return [await stage.upload([stage.file("A001.mov")]).ended]
    },
    expected: { exit: [4], assets: 0, stored: 0, sent: 0, outcomes: ["failed"], says: [/holdfast pair --api/] },
  },
]
