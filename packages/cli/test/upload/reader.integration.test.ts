/**
 * An upload whose output goes to a pipe that its reader closes.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

/** Starts an upload, closes its output after the first lines, and returns its exit code. */
const closing = async (file: string, streams: ReadonlyArray<"stdout" | "stderr">, home: string) => {
  const args = [bin, "upload", "--sandbox", "--json", file]
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_OPTIONS: "", HOLDFAST_HOME: home },
  })
  child.stderr.resume()
  child.stdout.once("data", () => {
    for (const stream of streams) child[stream].destroy()
  })
  const [code] = await once(child, "exit")
  return code
}

describe("an upload whose reader closes the pipe", () => {
  it("uploads every file after the reader closes the pipe, and exits with the code of the upload", async () => {
    const home = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-reader-"))
    try {
      const clip = Path.join(home, "clip.mov")
      Fs.writeFileSync(clip, Buffer.alloc(600_000, 7))
      assert.strictEqual(await closing(clip, ["stdout"], home), 0)
      assert.strictEqual(await closing(clip, ["stdout", "stderr"], home), 0)
    } finally {
      Fs.rmSync(home, { recursive: true, force: true })
    }
  }, 60_000)
})
