/** An upload to a sandbox whose disk cannot store the chunks. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../../bin/holdfast.js", import.meta.url))

describe("a sandbox whose disk rejects a chunk", () => {
  it.skipIf(process.platform !== "linux")(
    "makes the upload exit with 7 and report the disk, instead of waiting",
    () => {
      const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-disk-"))
      const clip = Path.join(folder, "clip.mov")
      Fs.writeFileSync(clip, Buffer.alloc(1_040_000, 7))
      // The shell limits files to 500 blocks (256 000 bytes), which is less than a chunk and enough for the journal.
      const command = `ulimit -f 500; exec "$0" "$@"`
      const ran = spawnSync("sh", ["-c", command, process.execPath, bin, "upload", "--sandbox", "--json", clip], {
        encoding: "utf8",
        env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: "", NO_COLOR: "1", NODE_DISABLE_COMPILE_CACHE: "1" },
        timeout: 45_000,
      })
      Fs.rmSync(folder, { recursive: true, force: true })
      assert.strictEqual(ran.status, 7)
      assert.match(ran.stderr, /^holdfast: cannot write \S+ \(EFBIG\); check the disk\n/)
      const { exitCode, files } = JSON.parse(ran.stdout.trimEnd().split("\n").at(-1) ?? "{}")
      assert.deepStrictEqual([exitCode, files[0]?.outcome], [7, "failed"])
    },
    60_000,
  )
})
