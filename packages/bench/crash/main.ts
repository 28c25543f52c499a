/**
 * Kills uploads: SIGKILLs at random and at aimed moments over uploads of several files through a storm of faults, each followed
 * by a restart, until all files are stored.
 *
 * Method: the sandbox runs in its own process and survives. A process of the command uploads five files (48 parts), is killed
 * at a moment that the seed chooses, and is started again. Half of the moments are spread evenly over the time of an undisturbed
 * process; the other half are aimed at single steps, such as the creation of an asset, the first and the last part, and the
 * writes of the journal. Waits are shortened by one factor in both processes. The judge compares what the sandbox saw with the
 * lines that each process had printed before its kill: a line `chunk-confirmed` is a promise. At the end, a control uploads
 * with a journal from which confirmed parts were removed, and the judge must object.
 *
 *     npm run test:crash -- [--short] [--kills 1000] [--per-upload 8] [--at-once 2] [--factor 20] [--seed 1] [--client queue|database]
 *                              [--aim refresh]
 */
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Random from "../shared/random.ts"
import * as Control from "./control.ts"
import * as Databases from "../shared/databases.ts"
import type { History } from "./History.ts"
import { judge, type Verdict } from "./judge.ts"
import * as Moments from "./moments.ts"
import * as Report from "./report.ts"
import * as Server from "../shared/sandbox/Server.ts"
import * as Upload from "./upload.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    kills: { type: "string" },
    "per-upload": { type: "string", default: "8" },
    "at-once": { type: "string", default: "2" },
    factor: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    client: { type: "string", default: "command" },
    aim: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
})
const kills = Number(values.kills ?? (values.short ? 50 : 1000))
const perUpload = Number(values["per-upload"])
const factor = Number(values.factor)
const seed = Number(values.seed)

execFileSync(process.execPath, [fileURLToPath(new URL("../../tools/pack/bundle/command.ts", import.meta.url))], {
  stdio: "inherit",
})
const client: Upload.Client = values.client === "queue" || values.client === "database" ? values.client : "command"
const databases = client === "database" ? await Databases.start() : undefined
const started = performance.now()
const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-crash-"))
const server = Server.start(Upload.clocked(factor))
try {
  const base = { server, parent, client, databases, factor }
  const calm = await Upload.upload({ ...base, seed: 0, undisturbed: { loading: 0, work: 0 }, next: () => undefined })
  const [first] = calm.processes
  if (first === undefined) throw new Error("no process was started")
  const begun = Date.parse(first.lines[0]?.time ?? "")
  const undisturbed = { loading: begun - first.startedAt, work: first.endedAt - begun }
  const unjudged = judge(calm)
  if (unjudged.problems.length > 0) throw new Error(`an undisturbed upload failed: ${unjudged.problems.join("; ")}`)
  console.log(
    `${kills} kills, up to ${perUpload} in an upload, waits 1/${factor}; an undisturbed process loads for ` +
      `${undisturbed.loading} ms and works for ${undisturbed.work} ms`,
  )

  // More moments than kills, because a process may end before its moment.
  const plan = values.aim === "refresh" ? Moments.planRefreshes : Moments.plan
  const moments = plan(Random.make(seed), kills * 3).values()
  const histories: Array<{ readonly history: History; readonly verdict: Verdict }> = []
  let done = 0
  let uploads = 0
  const progress = () =>
    `  ${done} of ${kills} kills, ${histories.length} uploads, ${Math.round((performance.now() - started) / 1000)} s`
  const lane = async (): Promise<void> => {
    while (done < kills) {
      const number = ++uploads
      let left = perUpload
      const next = () => {
        if (left-- <= 0 || done >= kills) return undefined
        return moments.next().value
      }
      const counted = { ...base, seed: seed * 10_000 + number, undisturbed, next, afterKill: () => void done++ }
      const history = await Upload.upload(counted)
      const verdict = judge(history)
      histories.push({ history, verdict })
      for (const problem of verdict.problems) console.log(`  seed ${history.seed}: ${problem}`)
      if (values.verbose || verdict.problems.length > 0) {
        for (const line of verdict.timeline) console.log(`    ${line}`)
      }
      if (values.verbose) console.log(progress())
    }
  }
  // A loaded machine needs minutes for an upload. Without these lines, the run would look as if it had stopped.
  const timer = setInterval(() => console.log(progress()), 30_000)
  await Promise.all(Array.from({ length: Number(values["at-once"]) }, lane)).finally(() => clearInterval(timer))
  for (const line of Report.lines(histories)) console.log(line)

  const control = await Control.run({ ...base, undisturbed })
  console.log(control.line)
  const passed = control.objected && Report.passed(histories, kills)
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`${passed ? "PASS" : "FAIL"}: ${done} kills in ${seconds} s`)
  process.exitCode = passed ? 0 : 1
} finally {
  server.end()
  await databases?.end()
  Fs.rmSync(parent, { recursive: true, force: true })
}
