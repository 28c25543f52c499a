/**
 * The cost of the command before it does its work: the CPU time of whole processes, compared with Node's own start and rclone.
 *
 * Method: the contestants are started in turn, 15 times each (`--rounds N`) after 2 warm-up runs. Each Node reports its own
 * `process.cpuUsage()` at exit, including those that the command starts. `upload` is stopped at its first request to a server
 * on loopback. A figure is the median of its runs, and `beside` is the rest after subtracting the start of each Node. The
 * command is the bundle of this checkout, built first, with the compile cache that it keeps; `first run` has no cache yet and
 * is not judged, and neither are the sources. Exits with 1 if a figure exceeds its limit.
 *
 *     npm run bench:start
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { median } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"
import { Meter, type Cost } from "./processes.ts"

/** The limit in milliseconds of CPU, without the start of the Nodes that the command starts. */
const limits = { version: 60, help: 250, explain: 300, upload: 450 }

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } })
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds: expected an integer >= 1, got ${values.rounds}`)

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const bin = here("../../cli/bin/holdfast.js")
const main = here("../../cli/src/main.ts")
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-bench-")))
const meter = new Meter(scratch)
const file = join(scratch, "clip.mov")
writeFileSync(file, "0123456789")

interface Contestant {
  readonly name: string
  readonly limit?: number
  /** The contestant whose figure is the start of one Node. */
  readonly node?: string
  readonly measure: () => Cost | undefined | Promise<Cost | undefined>
}

const upload = (url: string): ReadonlyArray<string> => ["upload", "--api", url, file]

const commands = (name: string, node: string, script: ReadonlyArray<string>, cache: boolean, judged: boolean) => {
  const one = (what: string, args: ReadonlyArray<string>, limit: number): Contestant => ({
    name: `${name}${what}`,
    node: nodeNow,
    ...(judged ? { limit } : {}),
    measure: () => meter.node(node, [...script, ...args], cache),
  })
  return [
    one("--version", ["--version"], limits.version),
    one("--help", ["--help"], limits.help),
    one("explain 429", ["explain", "429"], limits.explain),
    {
      ...one("upload, to its first request", [], limits.upload),
      measure: () => meter.toFirstRequest(node, (url) => [...script, ...upload(url)], cache),
    },
  ]
}

const nodeNow = `node ${process.versions.node}`
const sources = ["--conditions=@holdfast/source", main]

/** The system's Node, if it is too old for the program: it starts that of the workspace. */
const systemNode = ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
  if (!existsSync(path)) return false
  const [major = 0, minor = 0] = execFileSync(path, ["-p", "process.versions.node"], { encoding: "utf8" })
    .split(".")
    .map(Number)
  return major < 22 || (major === 22 && minor < 19)
})

const empty =
  (node: string): Contestant["measure"] =>
  () =>
    meter.node(node, ["-e", "0"], false)

const system = (node: string): ReadonlyArray<Contestant> => [
  { name: "node of the system", measure: empty(node) },
  {
    name: "from it: holdfast --version",
    node: "node of the system",
    limit: limits.version,
    measure: () => meter.node(node, [bin, "--version"], true),
  },
]

const rclone: ReadonlyArray<Contestant> = [
  { name: "rclone version", measure: () => meter.program("rclone", ["version"]) },
  { name: "rclone help", measure: () => meter.program("rclone", ["help"]) },
  {
    name: "rclone copyurl, one refused request",
    measure: () =>
      meter.programToFirstRequest("rclone", (url) => [
        "copyurl",
        "--retries=1",
        "--low-level-retries=1",
        `${url}/clip.mov`,
        join(scratch, "copy"),
      ]),
  },
]

try {
  execFileSync(process.execPath, [here("../../tools/pack/bundle/command.ts")], { stdio: "inherit" })
  const hasRclone = spawnSync("rclone", ["version"], { stdio: "ignore" }).status === 0
  const contestants: ReadonlyArray<Contestant> = [
    { name: nodeNow, measure: empty(process.execPath) },
    ...commands("holdfast ", process.execPath, [bin], true, true),
    ...(systemNode === undefined ? [] : system(systemNode)),
    ...commands("first run: ", process.execPath, [bin], false, false),
    ...commands("sources: ", process.execPath, sources, false, false),
    ...(hasRclone ? rclone : []),
  ]

  const measured = new Map(contestants.map((one) => [one, new Array<Cost>()]))
  for (let round = -2; round < rounds; round++) {
    for (const [one, costs] of measured) {
      const cost = await one.measure()
      if (cost !== undefined && round >= 0) costs.push(cost)
    }
  }

  const figures = new Map(
    [...measured].map(([{ name }, costs]) => [name, median(costs.map(({ milliseconds }) => milliseconds))]),
  )
  let passed = true
  const rows = [[`CPU, median of ${rounds} runs`, "total", "Nodes", "beside", "limit"]]
  for (const [{ limit, name, node }, costs] of measured) {
    const total = figures.get(name) ?? Number.NaN
    const nodes = median(costs.map((cost) => cost.nodes))
    const beside = node === undefined ? undefined : total - nodes * (figures.get(node) ?? Number.NaN)
    if (costs.length < rounds || (limit !== undefined && !((beside ?? Number.NaN) <= limit))) passed = false
    rows.push([
      name,
      costs.length < rounds ? `failed ${rounds - costs.length} times` : `${total.toFixed(0)} ms`,
      node === undefined ? "" : String(nodes),
      beside === undefined ? "" : `${beside.toFixed(0)} ms`,
      limit === undefined ? "" : `${limit} ms`,
    ])
  }
  for (const line of columns(rows, { rightFrom: 1 })) console.log(line)
  if (!hasRclone) console.log("rclone is not installed (apt-get install rclone), so nothing is measured beside it")
  console.log(`${passed ? "PASS" : "FAIL"}: the command starts within its limits of CPU beside Node's own start`)
  process.exitCode = passed ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
