/**
 * The CPU time and the memory of whole processes that upload one file: rclone, s3cmd, boto3, lib-storage and Holdfast.
 *
 * Method: each tool uploads a file of 2 GiB with its default settings to a server on 127.0.0.1 without TLS, and `/usr/bin/time`
 * reports the CPU time of the process and its children, and the peak memory of the largest one. The S3 tools upload to a sink
 * that hashes and drops the bytes, and Holdfast to the sandbox, which asks for parts of 16 MiB. The tools take turns. Tools that
 * are not installed are named and skipped; lib-storage is installed in a temporary folder. Writes the table of
 * `docs/uploading.md`. Exits with 1 if a tool fails, or if Holdfast takes more CPU time than rclone.
 *
 *     npm run bench:peers -- [--rounds 3] [--mebibytes 2048] [--only rclone,holdfast] [--no-write]
 */
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { insert } from "../../tools/docs/pages.ts"
import { holdfast } from "../kills/holdfast.ts"
import { s3Tools } from "../kills/s3Tools.ts"
import { message, start } from "../shared/processes.ts"
import { median } from "../shared/statistics.ts"
import { makeFile } from "../upload/series.ts"
import * as LibStorage from "./libStorage.ts"
import { type Cost, measure } from "./measure.ts"
import type { Received } from "./sink.ts"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    mebibytes: { type: "string", default: "2048" },
    only: { type: "string" },
    write: { type: "boolean", default: true },
  },
  allowNegative: true,
})
const rounds = Number(values.rounds)
const MiB = 1024 ** 2
const bytes = Number(values.mebibytes) * MiB

const bundle = fileURLToPath(new URL("../../tools/pack/bundle/command.ts", import.meta.url))
execFileSync(process.execPath, [bundle], { stdio: "inherit" })
const parent = Fs.mkdtempSync(join(Os.tmpdir(), "holdfast-peers-"))

/** Uploads with one of the S3 tools to a sink of its own. */
const toSink = async ({ command }: Pick<(typeof s3Tools)[number], "command">): Promise<Cost> => {
  const sink = start(new URL("./sink.ts", import.meta.url))
  try {
    const endpoint = `http://127.0.0.1:${await message<number>(sink)}`
    const { env, program } = command(endpoint, { accessKeyId: "sink", secretAccessKey: "sink" }, { card, files })
    const cost = await measure(program, {
      PATH: process.env["PATH"],
      LANG: "C.UTF-8",
      HOME: parent,
      TMPDIR: parent,
      ...env,
    })
    sink.send("received")
    const received = await message<Received>(sink)
    if (received.bytes !== bytes || !received.complete)
      throw new Error(`the sink received ${received.bytes} of ${bytes} bytes`)
    return cost
  } finally {
    sink.kill()
  }
}

const toSandbox = async (): Promise<Cost> => {
  const ready = await holdfast.prepare({ parent, card, files, bytesPerSecond: Number.POSITIVE_INFINITY })
  try {
    await ready.reset()
    const cost = await measure(ready.program, ready.env)
    if ((await ready.whole()).size !== files.length) throw new Error("the sandbox did not store the file")
    return cost
  } finally {
    await ready.end()
  }
}

const card = join(parent, "card")
Fs.mkdirSync(card)
const { path } = makeFile(join(card, "A001_C001.mov"), bytes, 16 * MiB)
const sha256 = execFileSync("sha256sum", [path], { encoding: "utf8" }).split(" ")[0] ?? ""
const files = [{ path, name: "A001_C001.mov", bytes, sha256 }]

const row = (name: string, costs: ReadonlyArray<Cost>): string => {
  const figure = (values: ReadonlyArray<number>, digits: number) => {
    const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((n) => n.toFixed(digits))
    return `${middle} (${low}–${high})`
  }
  const cpu = costs.map(({ cpuSeconds }) => cpuSeconds)
  return `| ${name} | ${figure(cpu, 1)} | ${figure(
    costs.map(({ peakMiB }) => peakMiB),
    0,
  )} |`
}

try {
  const libStorage = LibStorage.make(parent)
  const tools = [...s3Tools, libStorage].map((tool) => ({ ...tool, upload: () => toSink(tool) }))
  const all = [...tools, { ...holdfast, upload: toSandbox }].filter(({ missing, name }) => {
    if (values.only !== undefined && !values.only.split(",").includes(name.toLowerCase())) return false
    if (missing !== undefined) console.log(`${name} is skipped: ${missing}`)
    return missing === undefined
  })
  const costs = new Map<string, Array<Cost>>(all.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, upload } of round % 2 === 0 ? all : all.toReversed()) {
      const cost = await upload()
      costs.get(name)?.push(cost)
      console.log(`${name}: ${JSON.stringify(cost)}`)
    }
  }
  const table = [
    `One file of ${bytes / MiB} MiB to a server on the same machine, without TLS. Median and range of ${rounds} runs; whole processes, from start to end.`,
    "",
    "| tool | CPU seconds | peak MiB |",
    "| --- | ---: | ---: |",
    ...all.map(({ name, version }) => row(`${name} ${version()}`, costs.get(name) ?? [])),
  ].join("\n")
  console.log(`\n${table}\n`)
  const page = fileURLToPath(new URL("../../../docs/uploading.md", import.meta.url))
  if (values.write) Fs.writeFileSync(page, insert(Fs.readFileSync(page, "utf8"), "peers", table))
  const cpu = (name: string) => median((costs.get(name) ?? []).map(({ cpuSeconds }) => cpuSeconds))
  const missed = cpu("Holdfast") > cpu("rclone")
  console.log(missed ? "FAIL" : "PASS")
  process.exitCode = missed ? 1 : 0
} finally {
  Fs.rmSync(parent, { recursive: true, force: true })
}
