/** A storage that compares each request with the file, and the sender of a chunk to it, over real sockets. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Origins } from "@holdfast/core/Origins"
import * as LocalFile from "@holdfast/c2c/LocalFile"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo } from "node:net"
import type { BufferPool } from "../../src/internal/upload/bufferPool.ts"
import type { Source } from "../../src/internal/upload/chunkBody.ts"
import * as ChunkSender from "../../src/internal/upload/chunkSender.ts"
import * as ServerClock from "../../src/internal/upload/serverClock.ts"
import { breathe, drive, md5 } from "./uploads.ts"

const pem = Fs.readFileSync(new URL("../fixtures/loopback.pem", import.meta.url), "utf8")

/** What one request brought to the server. */
export interface Arrival {
  bytes: number
  /** Whether every byte was that of the file at the same place. */
  isPrefix: boolean
  ended: boolean
  readonly md5: ReturnType<typeof createHash>
}

export type Scheme = "http" | "https"
export type Answer = (request: Http.IncomingMessage, response: Http.ServerResponse, attempt: number) => void

/** Closed with the scope. */
export const server = (scheme: Scheme, content: Buffer, answer: Answer) => {
  const arrivals: Array<Arrival> = []
  const onRequest: Http.RequestListener = (request, response) => {
    const arrival: Arrival = { bytes: 0, isPrefix: true, ended: false, md5: createHash("md5") }
    arrivals.push(arrival)
    request.on("data", (data: Buffer) => {
      arrival.isPrefix &&= data.equals(content.subarray(arrival.bytes, arrival.bytes + data.byteLength))
      arrival.bytes += data.byteLength
      arrival.md5.update(data)
    })
    request.on("end", () => {
      arrival.ended = true
    })
    request.on("error", () => {})
    answer(request, response, arrivals.length)
  }
  return Effect.acquireRelease(
    Effect.callback<{
      readonly base: string
      readonly arrivals: ReadonlyArray<Arrival>
      readonly listening: Http.Server
    }>((resume) => {
      const listening =
        scheme === "http" ? Http.createServer(onRequest) : Https.createServer({ key: pem, cert: pem }, onRequest)
      listening.listen(0, "127.0.0.1", () => {
        const { port } = listening.address() as AddressInfo
        resume(Effect.succeed({ listening, base: `${scheme}://127.0.0.1:${port}`, arrivals }))
      })
    }),
    ({ listening }) =>
      Effect.sync(() => {
        listening.closeAllConnections()
        listening.close()
      }),
  )
}

const Client = NodeHttpClient.layerUndiciNoDispatcher.pipe(
  Layer.provide(NodeHttpClient.layerDispatcherOptions({ connect: { ca: pem } })),
)
const Live = Layer.mergeAll(Client, Origins.layer)

/** Sends the file as one chunk to a URL. Returns the result, and the errors of the attempts that failed. */
export const sendTo = (url: string, path: string, pool: BufferPool, using: (file: Source) => Source = (file) => file) =>
  Effect.gen(function* () {
    const file = yield* LocalFile.open(path)
    const events: Array<UploadEvent> = []
    const sender = ChunkSender.make({
      client: yield* HttpClient.HttpClient,
      clock: yield* ServerClock.ofAsset({ uploadUrls: [] }),
      origins: yield* Origins,
      file: using(file),
      pool,
      filetype: "video/mp4",
      onEvent: (event) => Effect.sync(() => void events.push(event)),
    })
    const sending = sender.send({ index: 0, offset: 0, length: file.bytes }, Redacted.make(url))
    // Virtual time advances only between attempts, because sockets take real time.
    const exit = yield* drive(sending, () => events.at(-1)?._tag === "ChunkFailed")
    return { exit, errors: events.flatMap((event) => (event._tag === "ChunkFailed" ? [event.error] : [])) }
  }).pipe(Effect.scoped)

/** Sends the file as one chunk to the server. `using` replaces how the file is read. */
export const send = (path: string, base: string, pool: BufferPool, using?: (file: Source) => Source) =>
  sendTo(`${base}/part/1`, path, pool, using).pipe(
    Effect.map(({ exit }) => exit),
    Effect.provideService(RefusalProbe, { ask: () => Effect.undefined }),
    Effect.provide(Live),
  )

/** Confirms the bytes by their MD5. */
export const store =
  (content: Buffer): Answer =>
  (request, response) => {
    request.on("end", () => response.writeHead(200, { "content-length": 0, etag: `"${md5(content)}"` }).end())
  }

/** Lets a server that reads slowly receive what is still in flight. */
export const settled = (arrivals: ReadonlyArray<Arrival>) =>
  Effect.gen(function* () {
    for (let quiet = 0, seen = -1; quiet < 50; quiet++) {
      const now = arrivals.reduce((total, { bytes }) => total + bytes, 0)
      if (now !== seen) quiet = 0
      seen = now
      yield* breathe
    }
  })
