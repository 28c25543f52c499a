/**
 * Runs the variants of an upload side by side, each in a fresh process, to a sink in another one.
 */
import { createHash, randomFillSync } from "node:crypto"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { message, start } from "../shared/processes.ts"
import { median, medianRatio } from "../shared/statistics.ts"
import type { Authority } from "./certificate.ts"
import type { Cost } from "./measure.ts"
import type { SinkSetup } from "./sink.ts"

export const MiB = 1024 * 1024

/** `pieces` is the loop of `undici`, which hands each chunk to undici in pieces. */
export type Client = "undici" | "pieces" | "holdfast" | "journal"
/** Whether the sink states the MD5 of each chunk. */
export type Kind = "plain" | "etag"

const programs: Readonly<Record<Client, readonly [module: URL, ...args: ReadonlyArray<string>]>> = {
  undici: [new URL("./undici.ts", import.meta.url)],
  pieces: [new URL("./undici.ts", import.meta.url), "pieces"],
  holdfast: [new URL("./holdfast.ts", import.meta.url)],
  journal: [new URL("./journal.ts", import.meta.url)],
}

/** A file of random bytes, and the MD5 of each of its chunks. */
export interface Source {
  readonly path: string
  readonly bytes: number
  /** The length of all chunks but the last one. */
  readonly length: number
  readonly chunks: SinkSetup["chunks"]
}

/** Writes a file. Frame.io's rule applies: the number of chunks determines their size, here at most `chunkSize`. */
export const makeFile = (path: string, bytes: number, chunkSize: number): Source => {
  const file = openSync(path, "w")
  const chunks: Array<{ length: number; md5: string }> = []
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

/** What all variants of a series share. */
export interface Setting {
  readonly source: Source
  readonly kind: Kind
  readonly parallel: number
  readonly rounds: number
  /** The folder for the journals. */
  readonly disk: string
  /** The certificate of a sink with TLS. Default: no TLS. */
  readonly authority?: Authority | undefined
  /** How often `holdfast` uploads the file, 4 at once. Default: once. */
  readonly times?: number | undefined
}

const upload = async (
  client: Client,
  { authority, disk, kind, parallel, source, times = 1 }: Setting,
): Promise<Cost> => {
  const sink = start(new URL("./sink.ts", import.meta.url))
  try {
    const setup: SinkSetup = { chunks: source.chunks, certificate: authority }
    sink.send(setup)
    const port = await message<number>(sink)
    const state = mkdtempSync(join(disk, "state-"))
    const base = `${authority === undefined ? "http" : "https"}://127.0.0.1:${port}`
    const [module, ...more] = programs[client]
    const args = [source.path, base, kind, String(source.length), String(parallel), state, ...more]
    const env = {
      HOLDFAST_BENCH_TIMES: String(times),
      ...(authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority.path }),
    }
    const sender = start(module, args, env)
    const exited = once(sender, "exit")
    const cost = await message<Cost>(sender)
    await exited
    rmSync(state, { recursive: true, force: true })
    return cost
  } finally {
    sink.kill()
  }
}

/** The costs of each client; the same index is the same round. */
export type Costs = ReadonlyMap<Client, ReadonlyArray<Cost>>

/** Runs the clients in turn, prints their figures and returns their costs. */
export const run = async (setting: Setting, clients: ReadonlyArray<Client>): Promise<Costs> => {
  const costs = new Map<Client, Array<Cost>>(clients.map((client) => [client, []]))
  for (let round = 0; round < setting.rounds; round++) {
    // The order alternates, so that none always runs on a warm machine.
    for (const client of round % 2 === 0 ? clients : clients.toReversed()) {
      costs.get(client)?.push(await upload(client, setting))
    }
  }
  for (const [client, all] of costs) {
    const bytes = setting.source.bytes * (setting.times ?? 1)
    const GiB = bytes / 1024 ** 3
    const cpu = all.map(({ cpuSeconds }) => cpuSeconds / GiB)
    const throughput = median(all.map(({ seconds }) => bytes / MiB / seconds))
    console.log(
      `      ${setting.kind.padEnd(5)} ${client.padEnd(9)} ${median(cpu).toFixed(2)} CPU s/GiB (${Math.min(...cpu).toFixed(2)}–` +
        `${Math.max(...cpu).toFixed(2)})  ${throughput.toFixed(0)} MiB/s  peak ${peakMiB(costs, client).toFixed(0)} MiB`,
    )
  }
  return costs
}

/** The median over the rounds of the ratio of one client's figure to another's, measured side by side. */
export const ratio = (
  costs: Costs,
  [client, other]: readonly [Client, Client],
  figure: (cost: Cost) => number,
): number => medianRatio((costs.get(client) ?? []).map(figure), (costs.get(other) ?? []).map(figure))

export const cpuOf = ({ cpuSeconds }: Cost): number => cpuSeconds

/** The highest peak of all rounds. */
export const peakMiB = (costs: Costs, client: Client): number =>
  Math.max(...(costs.get(client) ?? []).map(({ peakMiB }) => peakMiB))

/** The CPU time of one chunk in milliseconds. */
export const chunkMillis = (costs: Costs, client: Client, { chunks }: Source): number =>
  median((costs.get(client) ?? []).map(({ cpuSeconds }) => (cpuSeconds * 1000) / chunks.length))
