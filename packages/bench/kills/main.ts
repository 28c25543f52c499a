/**
 * The same kills against rclone, s3cmd, boto3 and Holdfast: what each tool sends again, loses, and reports falsely.
 *
 * Method: each tool uploads four files of 40 MiB through a proxy that limits the rate and counts the bytes. rclone, s3cmd and
 * boto3 upload to Ceph's gateway, and Holdfast to the sandbox, which asks for parts of 10 MiB. The tools run with their default
 * settings and their own options for continuing. A process is killed with SIGKILL at a random time, and the tool is started
 * again in its own way. After five kills a process may end. The seed chooses the same times for each tool. A file counts as
 * stored if the server returns the same bytes. Tools that are not installed are named and skipped. Writes the table of
 * `docs/uploading.md`, in which the rows of tools that were not measured are kept. Exits with 1 if Holdfast loses a file,
 * reports a false success, or sends more bytes again than three parts a kill. Two parts fill the line.
 *
 *     npm run bench:kills -- [--kills 100] [--rate 40] [--only rclone,holdfast] [--no-write]
 */
import { execFileSync } from "node:child_process"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { insert } from "../../tools/docs/pages.ts"
import * as Random from "../shared/random.ts"
import { holdfast } from "./holdfast.ts"
import * as Rounds from "./rounds.ts"
import { tools } from "./s3Tools.ts"
import * as Table from "./table.ts"
import type { Measured } from "./Tool.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    rate: { type: "string", default: "40" },
    "per-upload": { type: "string", default: "5" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    write: { type: "boolean", default: true },
  },
  allowNegative: true,
})
const all = [...tools, holdfast]
const kills = Number(values.kills)
const bytesPerSecond = Number(values.rate) * 1e6
const fileBytes = 40 * 1024 ** 2
const names = ["A001_C001.mov", "A001_C002.mov", "A001_C003.mov", "A001_C004.mov"]
/** A little longer than the line needs for all files, so that some kills come when the last file is almost done. */
const within = ((names.length * fileBytes) / bytesPerSecond) * 1000 + 500

const bundle = fileURLToPath(new URL("../../tools/pack/bundle/command.ts", import.meta.url))
execFileSync(process.execPath, [bundle], { stdio: "inherit" })
const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-kills-"))
try {
  const card = join(parent, "card")
  Fs.mkdirSync(card)
  const files = names.map((name) => {
    const path = join(card, name)
    const content = Crypto.randomBytes(fileBytes)
    Fs.writeFileSync(path, content)
    return { path, name, bytes: fileBytes, sha256: Crypto.createHash("sha256").update(content).digest("hex") }
  })
  const measured: Array<Measured> = []
  for (const tool of all) {
    if (values.only !== undefined && !values.only.split(",").includes(tool.name.toLowerCase())) continue
    if (tool.missing !== undefined) {
      console.log(`${tool.name} is skipped: ${tool.missing}`)
      continue
    }
    const started = performance.now()
    const ready = await tool.prepare({ parent, card, files, bytesPerSecond })
    try {
      const figures = await Rounds.run(ready, files, {
        kills,
        perUpload: Number(values["per-upload"]),
        within,
        random: Random.make(Number(values.seed)),
        onKill: (count) => {
          if (count % 20 === 0) console.log(`  ${tool.name}: ${count} of ${kills} kills`)
        },
      })
      measured.push({ tool, version: tool.version(), figures })
      console.log(`${tool.name}: ${JSON.stringify(figures)}, ${Math.round((performance.now() - started) / 1000)} s`)
    } finally {
      await ready.end()
    }
  }

  const page = fileURLToPath(new URL("../../../docs/uploading.md", import.meta.url))
  const text = Fs.readFileSync(page, "utf8")
  const table = Table.markdown(measured, {
    earlier: text,
    method: { files: names.length, fileBytes, bytesPerSecond, within },
    order: all.map(({ name }) => name),
  })
  console.log(`\n${table}\n`)
  if (values.write) Fs.writeFileSync(page, insert(text, "kills", table))
  const own = measured.find(({ tool }) => tool === holdfast)?.figures
  const most = kills * 3 * 10 * 1024 ** 2
  const passed =
    own === undefined ||
    (own.lost === 0 && own.falseSuccesses === 0 && own.unfinished === 0 && own.sent - own.content <= most)
  console.log(passed ? "PASS" : "FAIL")
  process.exitCode = passed ? 0 : 1
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}
