/**
 * `holdfast explain` with inputs that are not regular files: named pipes and devices.
 */
import { assert, describe, it } from "@effect/vitest"
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

/** The time in milliseconds after which a hanging process is killed. */
const patience = 20_000

const inDirectory = async (use: (directory: string) => Promise<void>): Promise<void> => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-pipe-"))
  try {
    await use(directory)
  } finally {
    Fs.rmSync(directory, { recursive: true })
  }
}

const explain = (args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [bin, "explain", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1" },
    timeout: patience,
    killSignal: "SIGKILL",
  })
  let output = ""
  child.stdout.on("data", (some) => (output += String(some)))
  child.stderr.on("data", (some) => (output += String(some)))
  return { child, output: () => output }
}

/** Waits until a process has a file open, so that the signal arrives while it reads. */
const hasOpen = async (child: ChildProcess, path: string): Promise<void> => {
  const directory = `/proc/${child.pid}/fd`
  for (const end = Date.now() + patience; Date.now() < end;) {
    try {
      if (Fs.readdirSync(directory).some((fd) => Fs.readlinkSync(Path.join(directory, fd)) === path)) return
    } catch {
      // The process has closed the file in the meantime.
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe.skipIf(process.platform !== "linux")("holdfast explain of a named pipe", () => {
  for (const [signal, way] of [
    ["SIGINT", []],
    ["SIGTERM", []],
    ["SIGHUP", []],
    ["SIGINT", ["--no-json"]],
  ] as const) {
    it(
      `exits with 130 on ${signal} while the pipe has no ` +
        `writer${way.length === 0 ? "" : ", also through the parser of all commands"}`,
      async () => {
        await inDirectory(async (directory) => {
          const pipe = Path.join(directory, "pipe")
          execFileSync("mkfifo", [pipe])
          const { child } = explain([pipe, ...way])
          await hasOpen(child, pipe)
          child.kill(signal)
          const [code, killed] = await once(child, "exit")
          assert.deepStrictEqual([code, killed], [130, null])
        })
      },
      60_000,
    )
  }

  it("explains an error that the writer sends in pieces", async () => {
    await inDirectory(async (directory) => {
      const pipe = Path.join(directory, "pipe")
      execFileSync("mkfifo", [pipe])
      const { child, output } = explain([pipe])
      const writer = await Fs.promises.open(pipe, "w")
      await writer.write("<Error><Code>SlowDown</Code>")
      await writer.write("<Message>m</Message></Error>")
      await writer.close()
      const [code] = await once(child, "close")
      assert.strictEqual(code, 0)
      assert.include(output(), "SlowDown")
    })
  }, 60_000)

  it("reports endless input as too large", async () => {
    const { child, output } = explain(["/dev/zero"])
    const [code] = await once(child, "close")
    assert.strictEqual(code, 2)
    assert.include(output(), "is over 8 MiB")
  }, 60_000)
})
