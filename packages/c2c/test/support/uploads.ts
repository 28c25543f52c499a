/**
 * Shared by the upload tests: a temporary file, an in-memory storage and API, and a clock that pauses while files are read.
 */
import { assert } from "@effect/vitest"
import * as Api from "@holdfast/c2c/C2cClient"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import { Uploader } from "@holdfast/c2c/Uploader"
import type { UploadRequest } from "@holdfast/c2c/Uploader"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import type { HttpAnswer } from "@holdfast/http"
import { Effect, Exit, Fiber, Layer, Redacted, Stream } from "effect"
import type { Cause } from "effect"
import { HttpClient, HttpClientError, HttpClientResponse } from "effect/http"
import type { HttpClientRequest } from "effect/http"
import { TestClock } from "effect/testing"
import { createHash, randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex")

/** A temporary file with its own folder. */
export const temporaryFile = (content: Uint8Array, name = "clip.mov") =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => Fs.realpathSync(Fs.mkdtempSync(join(tmpdir(), "holdfast-upload-")))),
      (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
    ),
    (directory) => {
      const path = join(directory, name)
      Fs.writeFileSync(path, content)
      return path
    },
  )

export const randomFile = (bytes: number, name?: string) =>
  Effect.gen(function* () {
    const content = randomBytes(bytes)
    return { content, path: yield* temporaryFile(content, name) }
  })

/** Whether this process has the file open (Linux). */
export const isOpen = (path: string): boolean =>
  Fs.readdirSync("/proc/self/fd").some((fd) => {
    try {
      return Fs.readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  })

/** Lets files and sockets make progress in real time. */
export const breathe = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Whether the operating system is still processing a file operation of this process. */
export const reading = (): boolean => process.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"))

/**
 * Runs an effect that sleeps in virtual time and reads in real time.
 *
 * The clock pauses while a file is read and while `ready` returns false; otherwise a slow disk would cause timeouts.
 */
export const drive = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  ready: () => boolean = () => true,
): Effect.Effect<Exit.Exit<A, E>, never, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) {
      yield* breathe
      yield* TestClock.adjust(reading() || !ready() ? 0 : 250)
    }
    return yield* Fiber.await(fiber)
  })

/** The typed error of an effect that failed. */
export const failed = <A, E>(exit: Exit.Exit<A, E>): E => {
  assert(Exit.isFailure(exit), "the upload succeeded")
  const fail = exit.cause.reasons.find((reason): reason is Cause.Fail<E> => reason._tag === "Fail")
  assert(fail !== undefined, "the upload ended without a typed error")
  return fail.error
}

/** A PUT as received by the storage. */
export interface Put {
  readonly url: string
  /** The number of this PUT among those to its URL, from 1. */
  readonly attempt: number
  readonly bytes: Uint8Array
  /** How many pieces a streamed body had; 1 for a buffer. */
  readonly pieces: number
  readonly headers: Readonly<Record<string, string>>
}

export const expired = () =>
  new Response(
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><RequestId>R</RequestId></Error>",
    { status: 403, headers: { "content-type": "application/xml" } },
  )

export const slowDown = (headers: Record<string, string> = {}) =>
  new Response("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>", {
    status: 503,
    headers,
  })

export const stored = (etag?: string) =>
  new Response(null, {
    status: 200,
    headers: { "x-amz-request-id": "R", ...(etag === undefined ? {} : { etag: `"${etag}"` }) },
  })

/** The error of a connection that broke while the body was in transit, or that nothing accepted. */
const broken = (request: HttpClientRequest.HttpClientRequest, code: "ECONNRESET" | "ECONNREFUSED") =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: Object.assign(new Error(code), { code }) }),
  })

const read = (request: HttpClientRequest.HttpClientRequest) => {
  const { body } = request
  // The probe of a closed gate.
  if (body._tag === "Empty") return Effect.succeed({ bytes: new Uint8Array(), pieces: 0 })
  if (body._tag === "Uint8Array") return Effect.succeed({ bytes: new Uint8Array(body.body), pieces: 1 })
  if (body._tag !== "Stream") return Effect.die(`unexpected body ${body._tag}`)
  return Stream.runCollect(body.stream).pipe(
    Effect.map((pieces) => ({ bytes: new Uint8Array(Buffer.concat(pieces)), pieces: pieces.length })),
    Effect.mapError(
      (cause) =>
        new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) }),
    ),
  )
}

/** The storage's response to a PUT. */
export type PutAnswer = (put: Put) => Response | "reset" | "refused" | Effect.Effect<Response>

/** An in-memory storage that keeps what it acknowledged and counts requests in flight. */
export const storage = (answer: PutAnswer = (put) => stored(md5(put.bytes))) => {
  const puts: Array<Put> = []
  const objects = new Map<string, Uint8Array>()
  const attempts = new Map<string, number>()
  const seen = { inFlight: 0, most: 0 }
  const client = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const attempt = (attempts.get(url.href) ?? 0) + 1
      attempts.set(url.href, attempt)
      seen.most = Math.max(seen.most, ++seen.inFlight)
      const put = { url: url.href, attempt, headers: request.headers, ...(yield* read(request)) }
      puts.push(put)
      yield* Effect.yieldNow
      const answered = answer(put)
      if (answered === "reset") return yield* broken(request, "ECONNRESET")
      if (answered === "refused") return yield* broken(request, "ECONNREFUSED")
      const response = answered instanceof Response ? answered : yield* answered
      if (response.ok && request.method === "PUT") objects.set(url.href, put.bytes)
      return HttpClientResponse.fromWeb(request, response)
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          seen.inFlight--
        }),
      ),
    ),
  )
  /** The chunks of an asset, joined in the order of its URLs. */
  const joined = (asset: number) => {
    const prefix = `http://storage.test/${asset}/`
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix))
    keys.sort((a, b) => Number(a.slice(prefix.length)) - Number(b.slice(prefix.length)))
    return Buffer.concat(keys.map((key) => objects.get(key) ?? new Uint8Array()))
  }
  return { client, puts, seen, joined }
}

/** Upload URL number `index` of the asset created as number `asset`, from 1. */
export const url = (asset: number, index: number): string => `http://storage.test/${asset}/${index}`

type Create = Api.C2cClient["Service"]["createAsset"]
type CreateError = Effect.Error<ReturnType<Create>>

/** An in-memory API that gives every asset `urls` URLs; `fail` lets the nth creation (from 1) fail. */
export const api = (
  urls: number,
  fail: (nth: number) => CreateError | undefined = () => undefined,
  sign: (url: string) => string = (unsigned) => unsigned,
  serverTime: () => number | undefined = () => undefined,
) => {
  const requests: Array<Parameters<Create>[0]> = []
  const layer = Layer.mock(Api.C2cClient, {
    createAsset: (request, record) =>
      Effect.gen(function* () {
        if (record !== undefined) yield* record.before
        const nth = requests.push(request)
        const error = fail(nth)
        if (error !== undefined) return yield* error
        const uploadUrls = Array.from({ length: urls }, (_, index) => Redacted.make(sign(url(nth, index))))
        return { id: `asset-${nth}`, name: String(request.name), uploadUrls, serverTime: serverTime() }
      }),
  })
  return { requests, layer }
}

/** The engine over an in-memory storage and API; the health service counts its requests. */
export const engine = (
  store: ReturnType<typeof storage>,
  server: ReturnType<typeof api>,
  probe: () => HttpAnswer | undefined = () => undefined,
  health: Effect.Effect<void, unknown> = Effect.void,
  source: Layer.Layer<never> = Layer.empty,
) => {
  const events: Array<UploadEvent> = []
  const seen = { checks: 0, probes: 0 }
  const layer = Uploader.layer.pipe(
    Layer.provide([server.layer, Layer.succeed(HttpClient.HttpClient, store.client), source]),
    Layer.provideMerge(Connectivity.layer),
    Layer.provide(
      Layer.succeed(Health, {
        check: Effect.suspend(() => {
          seen.checks++
          return health
        }),
      }),
    ),
  )
  const upload = (request: UploadRequest) =>
    Uploader.use(({ upload }) =>
      upload({ onEvent: (event) => Effect.sync(() => void events.push(event)), ...request }),
    ).pipe(
      Effect.provide(layer),
      Effect.provideService(RefusalProbe, {
        ask: () =>
          Effect.sync(() => {
            seen.probes++
            return probe()
          }),
      }),
    )
  return { upload, events, seen }
}
