/**
 * Measures the cost of the upload engine compared with a plain undici loop, and the cost of a journal compared with the engine
 * alone.
 *
 * 2 GiB in chunks of 16 MiB, 8 in flight, to a sink in a separate process on 127.0.0.1, with and without TLS. Every run is a
 * fresh process; the variants alternate, and each ratio is the median over rounds of two runs side by side. On a busy machine use
 * CPU seconds per GiB, because the throughput of all variants drops. The file is in memory if there is room, and the journal is
 * on a disk. Exits with 1 if a limit is missed.
 *
 * | part | what |
 * | --- | --- |
 * | `whole` | CPU, throughput and peak memory beside undici, and CPU with a journal |
 * | `tls` | CPU over TLS beside undici, which writes each chunk at once, and beside an undici loop with pieces |
 * | `flight` | peak memory over TLS with 4, 16 and 64 chunks in flight |
 * | `large` | CPU of chunks of 128 MiB, which are streamed, beside chunks of 16 MiB |
 * | `files` | CPU of files of 32 MiB in one chunk, 4 at once, beside one large file |
 * | `chunks` | CPU of one chunk, from a file of 10 000 chunks of 64 KiB |
 *
 *     npm run bench:upload -- [--rounds 7] [--mebibytes 2048] [--only whole,tls,flight,large,files,chunks]
 */
import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { medianRatio } from "../shared/statistics.ts"
import * as Certificate from "./certificate.ts"
import * as Series from "./series.ts"

const { MiB } = Series
const chunkSize = 16 * MiB
const parallel = 8
const small = 200 * MiB
/** The file whose cost is that of its chunks, and not of its bytes. */
const many = { chunks: 10_000, chunkSize: 64 * 1024 }
const { values } = parseArgs({
  options: { rounds: { type: "string" }, mebibytes: { type: "string" }, only: { type: "string" } },
})
const rounds = Number(values.rounds ?? 7)
const large = Number(values.mebibytes ?? 2048) * MiB

/** The folder for the files: in memory if there is room, so that no disk is measured. */
const directory = (() => {
  const memory = "/dev/shm"
  const room = existsSync(memory) ? statfsSync(memory) : undefined
  const fits = room !== undefined && room.bavail * room.bsize > (large + small) * 1.2
  return mkdtempSync(join(fits ? memory : tmpdir(), "holdfast-bench-"))
})()

/** The type that `statfs` returns for a file system in memory. */
const tmpfs = 0x01021994

/** The folder for the journals. On a file system in memory, a sync costs nothing. */
const disk = (() => {
  const parents = [tmpdir(), import.meta.dirname]
  const parent = parents.find((path) => statfsSync(path).type !== tmpfs)
  if (parent === undefined) throw new Error(`the journal needs a folder on a disk: set TMPDIR (got ${tmpdir()})`)
  return mkdtempSync(join(parent, "holdfast-bench-"))
})()

let missed = false
const check = (what: string, value: number, limit: number, unit: string, ok: boolean, relation: string) => {
  missed ||= !ok
  console.log(`${ok ? "PASS" : "miss"}  ${what.padEnd(52)} ${value.toFixed(2)}${unit} (${relation} ${limit}${unit})`)
}
const atMost = (what: string, value: number, limit: number, unit = "") =>
  check(what, value, limit, unit, value <= limit, "at most")
const atLeast = (what: string, value: number, limit: number, unit = "") =>
  check(what, value, limit, unit, value >= limit, "at least")

const memoryLimit = 190 + parallel * (chunkSize / MiB)
const common = { parallel, rounds, disk }
const file = (name: string, bytes: number, size = chunkSize) => Series.makeFile(join(directory, name), bytes, size)

const whole = async () => {
  const big = file("large.mov", large)
  for (const kind of ["plain", "etag"] as const) {
    const costs = await Series.run({ ...common, source: big, kind }, ["undici", "holdfast", "journal"])
    const label = kind === "plain" ? "without hashing" : "with MD5 in both"
    const throughput = Series.ratio(costs, ["holdfast", "undici"], ({ seconds }) => 1 / seconds)
    const journal = Series.ratio(costs, ["journal", "holdfast"], Series.cpuOf)
    atMost(
      `CPU, times undici, ${label}`,
      Series.ratio(costs, ["holdfast", "undici"], Series.cpuOf),
      kind === "plain" ? 1.25 : 1.1,
    )
    atLeast(`throughput, times undici, ${label}`, throughput, 0.9)
    atMost(`peak memory, ${label}`, Series.peakMiB(costs, "holdfast"), memoryLimit, " MiB")
    // The journal needs the MD5 of each part for a resume. If the storage states none, only the journal hashes the parts.
    if (kind === "etag") atMost("CPU with a journal, times without", journal, 1.05)
    else console.log(`      CPU with a journal, which hashes each part, is ${journal.toFixed(2)} times that without`)
  }
  const costs = await Series.run({ ...common, source: file("small.mov", small), kind: "plain" }, ["holdfast"])
  atMost(`peak memory, file of ${small / MiB} MiB`, Series.peakMiB(costs, "holdfast"), memoryLimit, " MiB")
}

const tls = async () => {
  const authority = Certificate.make(directory)
  const source = file("large.mov", large)
  const costs = await Series.run({ ...common, source, kind: "etag", authority }, ["undici", "holdfast", "pieces"])
  atMost(
    "CPU over TLS, times undici, with MD5 in both",
    Series.ratio(costs, ["holdfast", "undici"], Series.cpuOf),
    1.05,
  )
  atMost("the same, times undici with pieces", Series.ratio(costs, ["holdfast", "pieces"], Series.cpuOf), 1.1)
  atMost("peak memory over TLS", Series.peakMiB(costs, "holdfast"), 200 + parallel * (chunkSize / MiB), " MiB")
}

const flight = async () => {
  const authority = Certificate.make(directory)
  const source = file("large.mov", large)
  for (const parallel of [4, 16, 64]) {
    const costs = await Series.run({ ...common, source, kind: "etag", authority, parallel }, ["holdfast"])
    const limit = 200 + parallel * (chunkSize / MiB)
    atMost(`peak memory over TLS, ${parallel} in flight`, Series.peakMiB(costs, "holdfast"), limit, " MiB")
  }
}

const streamed = async () => {
  const kind = "etag"
  const buffered = await Series.run({ ...common, source: file("large.mov", large), kind }, ["holdfast"])
  const streamed = await Series.run({ ...common, source: file("large.mov", large, 128 * MiB), kind }, ["holdfast"])
  const cpu = (costs: Series.Costs) => (costs.get("holdfast") ?? []).map(Series.cpuOf)
  atMost("CPU of chunks of 128 MiB, times that of 16 MiB", medianRatio(cpu(streamed), cpu(buffered)), 1.1)
  atMost("peak memory, chunks of 128 MiB", Series.peakMiB(streamed, "holdfast"), memoryLimit, " MiB")
}

const files = async () => {
  const kind = "etag"
  const length = 32 * MiB
  const times = Math.max(1, Math.round(large / length))
  const whole = await Series.run({ ...common, source: file("large.mov", large), kind }, ["holdfast"])
  const small = await Series.run({ ...common, source: file("file.mov", length, length), kind, times }, ["holdfast"])
  const cpu = (costs: Series.Costs) => (costs.get("holdfast") ?? []).map(Series.cpuOf)
  const ratio = medianRatio(cpu(small), cpu(whole))
  atMost(`CPU of ${times} files of 32 MiB, times that of one file`, ratio, 1.25)
  atMost("peak memory, 4 files of 32 MiB at once", Series.peakMiB(small, "holdfast"), 200 + 4 * 32, " MiB")
}

const smallChunks = async () => {
  const source = file("chunks.mov", many.chunks * many.chunkSize, many.chunkSize)
  console.log(`      ${many.chunks} chunks of ${many.chunkSize / 1024} KiB`)
  const costs = await Series.run({ ...common, source, kind: "etag" }, ["undici", "holdfast"])
  console.log(`      CPU of a chunk: ${Series.chunkMillis(costs, "holdfast", source).toFixed(2)} ms`)
  atMost("CPU of a chunk of 64 KiB, times undici", Series.ratio(costs, ["holdfast", "undici"], Series.cpuOf), 1.5)
}

const parts = { whole, tls, flight, large: streamed, files, chunks: smallChunks }
const only = values.only?.split(",")
const unknown = only?.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) throw new Error(`--only takes ${Object.keys(parts).join(", ")}, got ${unknown}`)

try {
  console.log(
    `${large / MiB} MiB in chunks of ${chunkSize / MiB} MiB, ${parallel} in flight, ${rounds} rounds, medians`,
  )
  for (const [name, part] of Object.entries(parts)) if (only?.includes(name) ?? true) await part()
} finally {
  for (const path of [directory, disk]) rmSync(path, { recursive: true, force: true })
}
process.exitCode = missed ? 1 : 0
