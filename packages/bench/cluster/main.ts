/**
 * Proves the cluster: three runners of `holdfast worker` upload 200 files while runners are killed, one freezes, the database
 * is killed and comes back, and Redis is killed for good. Then it measures the throughput of 1, 2 and 3 runners.
 *
 * Method: PostgreSQL, Redis and the sandbox run on 127.0.0.1 in processes of their own. The sandbox stores each part when it
 * arrives and confirms it after a fixed latency. The files of 32 MiB have 16 parts of 2 MiB, are mostly holes, and are added
 * with the command. A runner is killed and replaced every 20 s. Half of an interval after a kill, a runner is frozen for 20 s,
 * later the database is killed for 4 s, and later Redis. The judge compares the requests at the sandbox with what triggers in
 * the database recorded: they run in the transactions that confirm a part or declare an upload done. The latency is chosen so
 * that the processors are not the limit; the table says how busy they were. A short run has 15 files, kills every 12 s,
 * freezes for 10 s, and measures no throughput.
 *
 *     npm run test:cluster -- [--short] [--uploads 200] [--interval 20] [--latency 1.5] [--parallel 8] [--seed 1]
 *                             [--only chaos|throughput] [--keep] [--verbose]
 */
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Chaos from "./chaos.ts"
import * as Cluster from "./cluster.ts"
import { judge } from "./judge.ts"
import * as Report from "./report.ts"
import * as Runners from "./runners.ts"
import * as Stalls from "./stalls.ts"
import * as Stage from "./stage.ts"
import * as Throughput from "./throughput.ts"

const { values } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    uploads: { type: "string" },
    interval: { type: "string" },
    latency: { type: "string", default: "1.5" },
    parallel: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    keep: { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
})
const uploads = Number(values.uploads ?? (values.short ? 15 : 200))
const interval = Number(values.interval ?? (values.short ? 12 : 20)) * 1000
/** Longer than the shards of a frozen runner stay with it. */
const frozen = values.short ? 10_000 : 20_000
const parallel = Number(values.parallel)
const latency = Number(values.latency) * 1000
/** The whole must end within 10 minutes. */
const longest = values.short ? 180_000 : 420_000

execFileSync(process.execPath, [fileURLToPath(new URL("../../tools/pack/bundle/command.ts", import.meta.url))], {
  stdio: "inherit",
})
const began = performance.now()
const elapsed = () => Math.round((performance.now() - began) / 1000)
const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-cluster-"))
const stage = await Stage.open()
const problems: Array<string> = []
try {
  const shape = { parts: 16, partSize: 2 * 1024 ** 2 }
  const common = { stage, parent, parallel, latency }
  if (values.only !== "throughput") {
    const cluster = await Cluster.make({ ...common, name: "clip", shape: { ...shape, count: uploads } })
    console.log(
      `${uploads} uploads of 32 MiB in parts of 2 MiB, each part confirmed after ${latency} ms, seed ${values.seed}`,
    )
    const started = Date.now()
    const say = (text: string) => console.log(`  ${Math.round((Date.now() - started) / 1000)} s: ${text}`)
    const stalls = Stalls.watch()
    const runners = [0, 1, 2].map(cluster.start)
    // The times of the disturbances count from the first part.
    const first = new Promise<void>((resolve) => void cluster.sandbox.watch(() => resolve()))
    await Promise.race([first, Promise.all(runners.map(({ ended }) => ended))])
    const chaos = Chaos.start(
      {
        runners,
        replace: cluster.start,
        database: stage.databases,
        redis: stage.redis,
      },
      { interval, frozen, databaseDown: 4000, seed: Number(values.seed) },
      say,
    )
    const isFinished = await cluster.finished(longest)
    await chaos.stop()
    if (!isFinished) {
      problems.push(`not finished within ${longest / 1000} s: ${JSON.stringify([...((await cluster.states()) ?? [])])}`)
      for (const runner of runners) console.log(`runner ${runner.name}:\n${Runners.tail(runner)}`)
    }
    say("all uploads have ended")
    problems.push(...(await Runners.drain(runners, 20_000)))
    const disturbances = [...chaos.disturbances, ...stalls.end()]
    const verdict = judge(await cluster.history(disturbances))
    for (const line of Report.lines(verdict.figures, disturbances, cluster.allowed())) console.log(line)
    problems.push(...verdict.problems)
    // A machine that runs other checks at the same time takes longer, so only the whole run judges times.
    if (!values.short) problems.push(...Report.faults(verdict.figures))
    if (values.verbose) {
      const { clean, overlapped } = verdict.figures.takeOvers
      for (const one of [...clean, ...overlapped]) console.log(`  ${JSON.stringify(one)}`)
    }
    await cluster.close()
    if (!values.keep) Fs.rmSync(cluster.folder, { recursive: true, force: true })
  }
  if (values.only === "throughput" || (values.only === undefined && !values.short)) {
    const measured: Array<Throughput.Measured> = []
    for (const count of [1, 2, 3]) {
      const files = { ...shape, count: 10 }
      measured.push(await Throughput.measure(count, { ...common, name: "rate", shape: files }))
    }
    console.log(`throughput, ${parallel} parts in flight a runner, each confirmed after ${latency} ms:`)
    for (const line of Report.throughput(measured)) console.log(line)
  }
} finally {
  await stage.end()
  if (values.keep) console.log(`the logs are in ${parent}`)
  else Fs.rmSync(parent, { recursive: true, force: true })
}
for (const problem of problems.slice(0, 30)) console.log(`  ${problem}`)
console.log(`${problems.length === 0 ? "PASS" : `FAIL (${problems.length} problems)`} in ${elapsed()} s`)
process.exitCode = problems.length === 0 ? 0 : 1
