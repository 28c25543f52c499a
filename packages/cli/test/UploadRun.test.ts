import { assert, describe, it } from "@effect/vitest"
import { Uploader } from "@holdfast/c2c"
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import { Authorization, Connectivity, Gate } from "@holdfast/core"
import { Effect, Fiber, Layer, Redacted, SubscriptionRef } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as Failures from "holdfast/Failures"
import { Output } from "holdfast/Output"
import { Person } from "holdfast/Person"
import { LocalProblem } from "holdfast/PersonError"
import * as Run from "holdfast/Run"
import * as Stored from "holdfast/Stored"
import * as UploadRun from "holdfast/UploadRun"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const path = fileURLToPath(import.meta.url)
const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex")

const options: UploadRun.Options = {
  api: "http://127.0.0.1:1",
  embedded: false,
  parallel: 5,
  createAgain: false,
  quiet: true,
  json: true,
  failures: Failures.make(),
  home: Effect.fail(new LocalProblem({ problem: "no home in this test", remedy: "" })),
}

const receipt: UploadReceipt = { path, assetId: "id", name: "a", bytes: 10, chunks: 1, verified: true }

/** A sandbox that stored a file with this digest, and what it was asked. */
const storing = (body: () => Response) => {
  const asked: Array<string> = []
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      asked.push(request.url)
      return HttpClientResponse.fromWeb(request, body())
    }),
  )
  return { asked, client }
}

const asset = (digest: string) => () =>
  Response.json({
    id: "id",
    name: "a",
    filetype: "text/plain",
    filesize: 10,
    chunks: 1,
    received: 1,
    complete: true,
    bytes: 10,
    sha256: digest,
    path: "/stored",
  })

/** Everything around an upload as a script: gates in a state, an upload that succeeds or never ends. */
const scene = (
  states: {
    readonly connectivity?: Parameters<typeof Gate.make>[1]
    readonly authorization?: Parameters<typeof Gate.make>[1]
  },
  upload: Effect.Effect<UploadReceipt>,
  { client }: { readonly client: HttpClient.HttpClient } = storing(asset(sha256)),
  embedded = false,
) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const connectivity = yield* Gate.make("connectivity", states.connectivity)
    const authorization = yield* Gate.make("authorization", states.authorization)
    const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
    const services = Layer.mergeAll(
      Layer.succeed(Connectivity, { gate: connectivity, nextProbeAt, report: () => Effect.void }),
      Layer.succeed(Authorization, {
        gate: authorization,
        token: Effect.succeed(Redacted.make("token")),
        reject: () => Effect.void,
      }),
      Layer.succeed(Uploader, { upload: () => upload }),
      Layer.succeed(HttpClient.HttpClient, client),
      Person.layerAbsent("holdfast pair"),
      Output.layerMemory(lines),
    )
    const run = yield* Effect.provide(
      Output.use((output) => Run.make({ paths: [path], json: true, output })),
      services,
    )
    const sending = yield* Effect.forkChild(
      Effect.result(Effect.provide(UploadRun.sendAll(run, { ...options, embedded }), services)),
    )
    return { lines, run, sending, connectivity }
  })

describe("UploadRun", () => {
  it.live("calls a file uploaded when the embedded sandbox stored its bytes", () =>
    Effect.gen(function* () {
      const { run, sending } = yield* scene({}, Effect.succeed(receipt), storing(asset(sha256)), true)
      yield* Fiber.join(sending)
      const [entry] = run.entries()
      assert.deepStrictEqual([entry?.outcome, entry?.sha256, entry?.verified], ["ok", sha256, true])
    }),
  )

  it.live("does not believe the upload when the embedded sandbox stored other bytes", () =>
    Effect.gen(function* () {
      const { lines, run, sending } = yield* scene({}, Effect.succeed(receipt), storing(asset("00")), true)
      yield* Fiber.join(sending)
      const [entry] = run.entries()
      assert.deepStrictEqual(
        [entry?.outcome, entry?.error?.tag, entry?.verified],
        ["integrity", "IntegrityMismatch", false],
      )
      assert.match(lines.stderr[0] ?? "", /the server stored other bytes \(sha256 00,/)
    }),
  )

  it.live("asks no server outside this process what it stored, whatever that calls itself", () =>
    Effect.gen(function* () {
      const server = storing(() => new Response("{}", { headers: { "x-holdfast-sandbox": "1" } }))
      const { run, sending } = yield* scene({}, Effect.succeed(receipt), server)
      yield* Fiber.join(sending)
      assert.deepStrictEqual(server.asked, [])
      const [entry] = run.entries()
      assert.deepStrictEqual([entry?.outcome, entry?.sha256, entry?.verified], ["ok", undefined, true])
    }),
  )

  it.effect("reads at most 64 KiB of what the embedded sandbox answers", () =>
    Effect.gen(function* () {
      let pulled = 0
      let cancelled = false
      const endless = () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: (controller) => {
              pulled += 1
              controller.enqueue(new Uint8Array(16 * 1024))
            },
            cancel: () => {
              cancelled = true
            },
          }),
        )
      const { client } = storing(endless)
      const asking = yield* Effect.forkChild(
        Effect.provideService(Stored.asset("http://127.0.0.1:1", "id"), HttpClient.HttpClient, client),
      )
      while (!cancelled) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      assert.isAtMost(pulled, 8)
      yield* Fiber.interrupt(asking)
    }),
  )

  it.effect("gives an API that never answered 30 s, and no longer", () =>
    Effect.gen(function* () {
      const closed = { _tag: "Closed", reason: "connecting", since: 0 } as const
      const { sending } = yield* scene({ connectivity: { initial: closed } }, Effect.never)
      yield* TestClock.adjust("29 seconds")
      assert.isUndefined(sending.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const result = yield* Fiber.join(sending)
      assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "", "ApiUnreachable")
    }),
  )

  it.effect("waits as long as it takes once the API has answered", () =>
    Effect.gen(function* () {
      const { connectivity, sending } = yield* scene({}, Effect.never)
      yield* TestClock.adjust("1 second")
      yield* connectivity.close("ConnectionReset")
      yield* TestClock.adjust("10 hours")
      assert.isUndefined(sending.pollUnsafe())
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("ends when a person is needed and nobody is there", () =>
    Effect.gen(function* () {
      const needed = { _tag: "NeedsHuman", reason: "the sign-in has ended", action: "sign in", since: 0 } as const
      const { sending } = yield* scene({ authorization: { initial: needed } }, Effect.never)
      const result = yield* Fiber.join(sending)
      assert.strictEqual(
        result._tag === "Failure" ? result.failure.message : "",
        "the sign-in has ended; run holdfast pair, then this again",
      )
    }),
  )
})
