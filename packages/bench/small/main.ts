/**
 * Small files: the time for many of them over a distant line, beside rclone.
 *
 * Method: 2,000 files of 64 KiB are uploaded to a server on loopback behind a proxy that delays every response by 30 ms. Holdfast
 * uploads them to the sandbox with two requests a file, and rclone to Ceph's gateway, 8 at once each. Both servers keep the
 * files in memory, and Holdfast's journal is on the disk. The contestants run in turn, and each round gives one ratio of their
 * times. Every file is compared on the server afterwards. Exits with 1 if the median ratio exceeds 0.75, or a file differs.
 *
 *     npm run bench:small -- [--files 2000] [--rounds 1] [--latency 30] [--at-once 8] [--client queue] [--only holdfast] [--cpu-profile FOLDER]
 */
import { execFileSync } from "node:child_process"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { bin } from "../command/process.ts"
import * as Cost from "../shared/cost.ts"
import * as Proxy from "../shared/proxy.ts"
import * as Rclone from "../shared/rclone.ts"
import * as S3 from "../shared/s3/Server.ts"
import * as SandboxServer from "../shared/sandbox/Server.ts"
import { signIn, tokenFile } from "../shared/sandbox/signIn.ts"
import { median } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"

const { values } = parseArgs({
  options: {
    files: { type: "string", default: "2000" },
    rounds: { type: "string", default: "1" },
    latency: { type: "string", default: "30" },
    "at-once": { type: "string", default: "8" },
    client: { type: "string", default: "command" },
    only: { type: "string" },
    "cpu-profile": { type: "string" },
  },
})
const [files, rounds, latency, atOnce] = [values.files, values.rounds, values.latency, values["at-once"]].map(
  Number,
) as [number, number, number, number]
const bytes = 64 * 1024
const mostOfRclone = 0.75

/** The result of one contestant in one round. */
interface Result extends Cost.Cost {
  readonly whole: number
  readonly connections: number
}

const bundle = fileURLToPath(new URL("../../tools/pack/bundle/command.ts", import.meta.url))
execFileSync(process.execPath, [bundle], { stdio: "inherit" })
const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-small-"))
const folder = join(parent, "card")
Fs.mkdirSync(folder)
const digests = new Map<string, string>()
for (let n = 0; n < files; n++) {
  const name = `clip-${String(n).padStart(5, "0")}.mov`
  const content = Crypto.randomBytes(bytes)
  Fs.writeFileSync(join(folder, name), content)
  digests.set(name, Crypto.createHash("sha256").update(content).digest("hex"))
}
/** Ceph's gateway keeps its objects in memory, and so does the sandbox where that is possible. */
const memory = Fs.existsSync("/dev/shm") ? "/dev/shm" : parent
const environment = { PATH: process.env["PATH"], LANG: "C.UTF-8", HOME: parent, TMPDIR: parent }

const holdfast = async (round: number): Promise<Result> => {
  const home = join(parent, `home-${round}`)
  Fs.mkdirSync(home, { mode: 0o700 })
  const directory = Fs.mkdtempSync(join(memory, "holdfast-small-"))
  const server = SandboxServer.start({ PATH: process.env["PATH"] }, { reports: false })
  const sandbox = await server.open({ plan: "calm", seed: 1, chunkSize: bytes, directory })
  const proxy = await Proxy.start({ to: Number(new URL(sandbox.url).port), latency })
  try {
    await signIn(home, proxy.url, sandbox)
    const profile = values["cpu-profile"]
    const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]
    const queue = fileURLToPath(new URL("../shared/queue.ts", import.meta.url))
    const client =
      values.client === "queue"
        ? ["--conditions=@holdfast/source", queue, proxy.url, tokenFile(home, proxy.url), join(home, "queue")]
        : [bin, "upload", "--api", proxy.url, "--json", "--no-pair", "--parallel", String(atOnce)]
    const paths = [...digests.keys()].map((name) => join(folder, name))
    const program = [process.execPath, ...profiling, ...client, ...paths]
    const env = { ...environment, HOLDFAST_HOME: home, XDG_CACHE_HOME: join(parent, "cache") }
    const cost = await Cost.run(program, { env, cwd: folder })
    const assets = await sandbox.assets()
    return {
      ...cost,
      connections: proxy.connections(),
      whole: assets.filter(({ name, sha256 }) => digests.get(name) === sha256).length,
    }
  } finally {
    await proxy.end()
    await sandbox.close()
    server.end()
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** The gateway runs only while rclone does, because its processes take CPU time even without requests. */
const rclone = async (): Promise<Result> => {
  const server = await S3.start()
  const proxy = await Proxy.start({ to: server.port, latency })
  try {
    const program = ["rclone", "copy", "--transfers", String(atOnce), folder, `s3:${S3.bucket}`]
    const env = { ...environment, ...Rclone.environment(proxy.url, server.owner) }
    const cost = await Cost.run(program, { env, cwd: folder })
    let whole = 0
    for (const key of await server.keys()) if ((await server.sha256(key)) === digests.get(key)) whole++
    return { ...cost, whole, connections: proxy.connections() }
  } finally {
    await proxy.end()
    await server.end()
  }
}

const row = (name: string, results: ReadonlyArray<Result>): ReadonlyArray<string> => {
  const seconds = median(results.map((result) => result.seconds))
  return [
    name,
    `${seconds.toFixed(1)} s`,
    (files / seconds).toFixed(0),
    ((median(results.map(({ cpuSeconds }) => cpuSeconds)) / files) * 1000).toFixed(1),
    String(Math.max(...results.map(({ connections }) => connections))),
    `${Math.min(...results.map(({ whole }) => whole))} of ${files}`,
    results.map(({ exitCode }) => exitCode).join(" "),
  ]
}

try {
  const unavailable = (values.only === undefined ? undefined : `--only ${values.only}`) ?? Rclone.missing ?? S3.missing
  if (unavailable !== undefined) console.log(`rclone is not measured: ${unavailable}`)
  const ours: Array<Result> = []
  const theirs: Array<Result> = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await holdfast(round))
    if (unavailable === undefined) theirs.push(await rclone())
  }
  console.log(
    `${files} files of ${bytes / 1024} KiB, responses ${latency} ms late, ${atOnce} at once, rounds: ${rounds}`,
  )
  const head = ["", "time", "files/s", "CPU ms/file", "connections", "stored", "exit"]
  const rows = [head, row("holdfast", ours), ...(theirs.length > 0 ? [row("rclone", theirs)] : [])]
  for (const line of columns(rows, { rightFrom: 1 })) console.log(line)
  for (const { exitCode, stderr } of ours) if (exitCode !== 0) console.log(stderr.split("\n").slice(-5).join("\n"))
  const ratio = median(ours.flatMap(({ seconds }, round) => seconds / (theirs[round]?.seconds ?? Number.NaN)))
  const whole = [...ours, ...theirs].every((result) => result.whole === files)
  const fast = theirs.length === 0 || ratio <= mostOfRclone
  if (theirs.length > 0) console.log(`times of rclone's time: ${ratio.toFixed(2)} (at most ${mostOfRclone})`)
  console.log(whole && fast ? "PASS" : "FAIL")
  process.exitCode = whole && fast ? 0 : 1
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}
