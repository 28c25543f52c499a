/**
 * Measures the cost of the upload engine compared with a plain undici loop, and the cost of a journal compared with the engine
 * alone.
 *
 * 2 GiB in chunks of 16 MiB, 8 in flight, to a sink in a separate process on 127.0.0.1. Every run is a fresh process; the
 * variants alternate, and each ratio is the median over rounds of two runs side by side. On a busy machine use CPU seconds per
 * GiB, because the throughput of all variants drops. The file is in memory if there is room, and the journal is on a disk.
 * The last figure is the CPU time of one chunk, from a file of 10 000 chunks of 64 KiB. Exits with 1 if a limit is missed.
 *
 *     npm run bench:upload -- [--rounds 7] [--mebibytes 2048] [--only chunks]
 */
import { createHash, randomFillSync } from "node:crypto"
import { once } from "node:events"
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { message, start } from "../shared/processes.ts"
import { median, medianRatio } from "../shared/statistics.ts"
import type { Cost } from "./measure.ts"
import type { SinkSetup } from "./sink.ts"

const MiB = 1024 * 1024
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

const makeFile = (name: string, bytes: number, chunkSize: number) => {
  const path = join(directory, name)
  const file = openSync(path, "w")
  const chunks: Array<{ length: number; md5: string }> = []
  // Frame.io's rule: the number of chunks determines their size, here at most that of the benchmark.
  const length = Math.ceil(bytes / Math.ceil(bytes / chunkSize))
  const buffer = Buffer.allocUnsafe(length)
  for (let offset = 0; offset < bytes; offset += length) {
    const piece = randomFillSync(buffer).subarray(0, Math.min(length, bytes - offset))
    writeSync(file, piece)
    chunks.push({ length: piece.byteLength, md5: createHash("md5").update(piece).digest("hex") })
  }
  closeSync(file)
  return { path, bytes, length, chunks }
}
type Source = ReturnType<typeof makeFile>

const upload = async (client: Client, kind: Kind, source: Source): Promise<Cost> => {
  const sink = start(new URL("./sink.ts", import.meta.url))
  try {
    const setup: SinkSetup = { chunks: source.chunks }
    sink.send(setup)
    const port = await message<number>(sink)
    const state = mkdtempSync(join(disk, "state-"))
    const args = [source.path, `http://127.0.0.1:${port}`, kind, String(source.length), String(parallel), state]
    const sender = start(modules[client], args)
    const exited = once(sender, "exit")
    const cost = await message<Cost>(sender)
    await exited
    return cost
  } finally {
    sink.kill()
  }
}

const clients = ["undici", "holdfast", "journal"] as const
const kinds = ["plain", "etag"] as const
type Client = (typeof clients)[number]
type Kind = (typeof kinds)[number]

const modules: Readonly<Record<Client, URL>> = {
  undici: new URL("./undici.ts", import.meta.url),
  holdfast: new URL("./holdfast.ts", import.meta.url),
  journal: new URL("./journal.ts", import.meta.url),
}

const summarize = (costs: ReadonlyArray<Cost>, bytes: number) => ({
  cpuPerGiB: median(costs.map((cost) => cost.cpuSeconds)) / (bytes / 1024 ** 3),
  throughput: median(costs.map((cost) => bytes / MiB / cost.seconds)),
  peakMiB: Math.max(...costs.map((cost) => cost.peakMiB)),
})

let missed = false
const check = (what: string, value: number, limit: number, unit: string, ok: boolean, relation: string) => {
  missed ||= !ok
  console.log(`${ok ? "PASS" : "miss"}  ${what.padEnd(52)} ${value.toFixed(2)}${unit} (${relation} ${limit}${unit})`)
}
const atMost = (what: string, value: number, limit: number, unit = "") =>
  check(what, value, limit, unit, value <= limit, "at most")
const atLeast = (what: string, value: number, limit: number, unit = "") =>
  check(what, value, limit, unit, value >= limit, "at least")

/** The median over the rounds of the ratio of one client's figure to another's, measured side by side. */
const ratio = (
  costs: Record<Client, ReadonlyArray<Cost>>,
  [client, other]: readonly [Client, Client],
  figure: (cost: Cost) => number,
): number => medianRatio(costs[client].map(figure), costs[other].map(figure))

const series = async (source: Source, kind: Kind, clients: ReadonlyArray<Client>) => {
  const costs: Record<Client, Array<Cost>> = { undici: [], holdfast: [], journal: [] }
  for (let round = 0; round < rounds; round++) {
    // The order alternates, so that none always runs on a warm machine.
    for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
      costs[client].push(await upload(client, kind, source))
    }
  }
  for (const client of clients) {
    const { cpuPerGiB, peakMiB, throughput } = summarize(costs[client], source.bytes)
    console.log(
      `      ${kind.padEnd(5)} ${client.padEnd(9)} ${cpuPerGiB.toFixed(2)} CPU s/GiB  ${throughput.toFixed(0)} MiB/s  peak ${peakMiB.toFixed(0)} MiB`,
    )
  }
  return {
    cpu: ratio(costs, ["holdfast", "undici"], (cost) => cost.cpuSeconds),
    chunkMillis: median(costs.holdfast.map((cost) => (cost.cpuSeconds * 1000) / source.chunks.length)),
    throughput: ratio(costs, ["holdfast", "undici"], (cost) => 1 / cost.seconds),
    peakMiB: summarize(costs.holdfast, source.bytes).peakMiB,
    journal: ratio(costs, ["journal", "holdfast"], (cost) => cost.cpuSeconds),
  }
}

const memoryLimit = 190 + parallel * (chunkSize / MiB)

const wholeFiles = async () => {
  const big = makeFile("large.mov", large, chunkSize)
  const little = makeFile("small.mov", small, chunkSize)
  console.log(
    `${large / MiB} MiB in chunks of ${chunkSize / MiB} MiB, ${parallel} in flight, ${rounds} rounds, medians`,
  )
  for (const kind of kinds) {
    const { cpu, journal, peakMiB, throughput } = await series(big, kind, clients)
    const label = kind === "plain" ? "without hashing" : "with MD5 in both"
    atMost(`CPU, times undici, ${label}`, cpu, kind === "plain" ? 1.25 : 1.1)
    atLeast(`throughput, times undici, ${label}`, throughput, 0.9)
    atMost(`peak memory, ${label}`, peakMiB, memoryLimit, " MiB")
    // The journal needs the MD5 of each part for a resume. If the storage states none, only the journal hashes the parts.
    if (kind === "etag") atMost("CPU with a journal, times without", journal, 1.05)
    else console.log(`      CPU with a journal, which hashes each part, is ${journal.toFixed(2)} times that without`)
  }
  const { peakMiB } = await series(little, "plain", clients)
  atMost(`peak memory, file of ${small / MiB} MiB`, peakMiB, memoryLimit, " MiB")
}

const smallChunks = async () => {
  const source = makeFile("chunks.mov", many.chunks * many.chunkSize, many.chunkSize)
  console.log(`${many.chunks} chunks of ${many.chunkSize / 1024} KiB, ${parallel} in flight, ${rounds} rounds, medians`)
  const { chunkMillis, cpu } = await series(source, "etag", ["undici", "holdfast"])
  console.log(`      CPU of a chunk: ${chunkMillis.toFixed(2)} ms`)
  atMost("CPU of a chunk of 64 KiB, times undici", cpu, 1.5)
}

try {
  if (values.only !== "chunks") await wholeFiles()
  await smallChunks()
} finally {
  for (const path of [directory, disk]) rmSync(path, { recursive: true, force: true })
}
process.exitCode = missed ? 1 : 0
