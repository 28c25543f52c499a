import { assert, describe, it } from "@effect/vitest"
import type { UploadError } from "@holdfast/c2c/UploadError"
import type { UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import { Authorization, Connectivity, Gate } from "@holdfast/core"
import { S3Error } from "@holdfast/s3"
import { Duration, Effect, Fiber, Layer, Redacted, SubscriptionRef } from "effect"
import type { Result } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { PersonError } from "../../src/process/PersonError.ts"
import { LocalProblem } from "../../src/process/PersonError.ts"
import { Person } from "../../src/signIn/Person.ts"
import * as Failures from "../../src/upload/failures/Failures.ts"
import * as UploadRun from "../../src/upload/Run.ts"
import * as UploadState from "../../src/upload/State.ts"
import * as Stored from "../../src/upload/files/Stored.ts"
import * as DirectQueue from "../support/directQueue.ts"

const path = fileURLToPath(import.meta.url)
const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex")

const options: UploadRun.Options = {
  api: "http://127.0.0.1:1",
  embedded: false,
  parallel: 5,
  createAgain: false,
  acceptUnverified: false,
  verifySource: false,
  quiet: true,
  json: true,
  failures: Failures.make(),
  home: Effect.fail(new LocalProblem({ problem: "no home in this test", remedy: "" })),
}

const receipt: UploadReceipt = {
  path,
  assetId: "id",
  name: "a",
  bytes: 10,
  chunks: 1,
  verified: true,
  unproven: 0,
  resumed: false,
  resentBytes: 0,
}

/** A sandbox that stored a file with this digest, and records its requests. */
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

/** An event without the time of day. */
const eventOf = (line: string) => {
  const event = JSON.parse(line)
  delete event.time
  return event
}

type Upload = (request: UploadRequest) => Effect.Effect<UploadReceipt, UploadError>

/** A scripted environment of an upload: gates in given states, and the steps of the upload. */
const scene = (
  states: {
    readonly connectivity?: Parameters<typeof Gate.make>[1]
    readonly authorization?: Parameters<typeof Gate.make>[1]
  },
  upload: (authorization: Gate.Gate) => Upload,
  {
    client = storing(asset(sha256)).client,
    files = [path],
    person = Person.layerAbsent("holdfast pair"),
    terms = {},
  }: {
    readonly client?: HttpClient.HttpClient
    readonly files?: ReadonlyArray<string>
    readonly person?: Layer.Layer<Person>
    readonly terms?: Partial<UploadRun.Options>
  } = {},
) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const connectivity = yield* Gate.make("connectivity", states.connectivity)
    const authorization = yield* Gate.make("authorization", states.authorization)
    const nextProbeAt = yield* SubscriptionRef.make<number | undefined>(undefined)
    const failure = yield* SubscriptionRef.make<unknown>(undefined)
    const services = Layer.mergeAll(
      Layer.succeed(Connectivity, { gate: connectivity, nextProbeAt, failure, report: () => Effect.void }),
      Layer.succeed(Authorization, {
        gate: authorization,
        token: Effect.succeed(Redacted.make("token")),
        reject: () => Effect.void,
      }),
      DirectQueue.layer(upload(authorization)),
      Layer.succeed(HttpClient.HttpClient, client),
      person,
      Output.layerMemory(lines),
    )
    const run = yield* Effect.provide(
      Output.use((output) => UploadState.make({ paths: files, json: true, output })),
      services,
    )
    const sending = yield* Effect.forkChild(
      Effect.result(Effect.provide(UploadRun.sendAll(run, { ...options, ...terms }), services)),
      { startImmediately: true },
    )
    // Separate fibers watch the gates.
    for (let n = 0; n < 10; n++) yield* Effect.yieldNow
    const events = () => lines.stdout.map(eventOf)
    return { lines, events, run, sending, connectivity, authorization, failure }
  })

const connecting = { _tag: "Closed", reason: "connecting", since: 0 } as const
const needed = { _tag: "NeedsHuman", reason: "the sign-in has ended", action: "sign in", since: 0 } as const

/** An upload that creates its asset at the gate and then sends chunks for some time, which need no token. */
const chunked =
  (duration: Duration.Input) =>
  (authorization: Gate.Gate): Upload =>
  ({ onEvent = () => Effect.void, path }) =>
    authorization.awaitOpen.pipe(
      Effect.andThen(onEvent({ _tag: "AssetCreated", assetId: "id", chunks: 1, chunkSize: 10 })),
      Effect.andThen(Effect.sleep(duration)),
      Effect.as({ ...receipt, path }),
    )

const never = () => () => Effect.never

const succeeding = () => () => Effect.succeed(receipt)

const messageOf = (result: Result.Result<void, PersonError>) =>
  result._tag === "Failure" ? result.failure.message : "it ended well"

describe("UploadRun", () => {
  it.live("reports a file as uploaded if the embedded sandbox stored its bytes", () =>
    Effect.gen(function* () {
      const { run, sending } = yield* scene({}, succeeding, {
        client: storing(asset(sha256)).client,
        terms: { embedded: true },
      })
      yield* Fiber.join(sending)
      const [entry] = run.files.kept()
      assert.deepStrictEqual([entry?.outcome, entry?.sha256, entry?.verified], ["ok", sha256, true])
    }),
  )

  it.live("reports an integrity error if the embedded sandbox stored bytes that differ from the file", () =>
    Effect.gen(function* () {
      const { lines, run, sending } = yield* scene({}, succeeding, {
        client: storing(asset("00")).client,
        terms: { embedded: true },
      })
      yield* Fiber.join(sending)
      const [entry] = run.files.kept()
      assert.deepStrictEqual(
        [entry?.outcome, entry?.error?.tag, entry?.verified],
        ["integrity", "IntegrityMismatch", false],
      )
      assert.match(lines.stderr[0] ?? "", /the server stored different bytes \(sha256 00,/)
    }),
  )

  it.live(
    "does not query a server outside this process for the stored bytes, even if the server claims to be a sandbox",
    () =>
      Effect.gen(function* () {
        const server = storing(() => new Response("{}", { headers: { "x-holdfast-sandbox": "1" } }))
        const { run, sending } = yield* scene({}, succeeding, { client: server.client })
        yield* Fiber.join(sending)
        assert.deepStrictEqual(server.asked, [])
        const [entry] = run.files.kept()
        assert.deepStrictEqual([entry?.outcome, entry?.sha256, entry?.verified], ["ok", undefined, true])
      }),
  )

  it.effect("reads at most 64 KiB of the embedded sandbox's response", () =>
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

  it.effect("reports a wait requested by the storage only if it is long, and only once for all chunks", () =>
    Effect.gen(function* () {
      const asked = (headers: Record<string, string>) =>
        S3Error.fromResponse({ status: 503, headers, body: "<Error><Code>SlowDown</Code></Error>" })
      const hints = [{ "retry-after": "1800" }, { "retry-after": "1800" }, { "retry-after": "5" }, {}]
      const { lines, sending } = yield* scene(
        {},
        () =>
          ({ onEvent = () => Effect.void, path: file }) =>
            Effect.forEach(hints, (headers, index) =>
              onEvent({ _tag: "ChunkFailed", index, bytes: 0, error: asked(headers) }),
            ).pipe(
              Effect.andThen(Effect.sleep("30 minutes")),
              Effect.andThen(
                onEvent({ _tag: "ChunkFailed", index: 0, bytes: 0, error: asked({ "retry-after": "120" }) }),
              ),
              Effect.as({ ...receipt, path: file }),
            ),
        { terms: { quiet: false } },
      )
      yield* TestClock.adjust("31 minutes")
      yield* Fiber.join(sending)
      assert.deepStrictEqual(
        lines.stderr.filter((line) => line.includes("requests a wait")),
        ["holdfast: the storage requests a wait of 30 min 00 s", "holdfast: the storage requests a wait of 2 min 00 s"],
      )
    }),
  )

  it.effect("keeps waiting for an API that has never responded, and logs the outage", () =>
    Effect.gen(function* () {
      const { connectivity, events, failure, lines, sending } = yield* scene(
        { connectivity: { initial: connecting } },
        never,
        { terms: { quiet: false } },
      )
      yield* TestClock.adjust("1 second")
      yield* SubscriptionRef.set(failure, { _tag: "ConnectionRefused" })
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(lines.stderr, [])
      yield* TestClock.adjust("10 hours")
      assert.isUndefined(sending.pollUnsafe())
      const said = lines.stderr.filter((line) => line.startsWith("holdfast:"))
      assert.deepStrictEqual(said, [
        "holdfast: cannot reach http://127.0.0.1:1: the connection was refused; waiting for it",
      ])
      assert.deepInclude(events(), { type: "unreachable", at: 1000, problem: "the connection was refused" })
      yield* connectivity.open
      yield* TestClock.adjust("1 second")
      assert.strictEqual(lines.stderr.at(-1), "holdfast: http://127.0.0.1:1 can be reached again")
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("reports a captive portal and its remedy immediately", () =>
    Effect.gen(function* () {
      const { failure, lines, sending } = yield* scene({ connectivity: { initial: connecting } }, never, {
        terms: { quiet: false },
      })
      yield* TestClock.adjust("1 second")
      yield* SubscriptionRef.set(failure, { _tag: "CaptivePortal" })
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: cannot reach http://127.0.0.1:1: a captive portal answered instead of the API; open a browser and sign in to the network; this run waits",
      ])
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("reports a captive portal even with --quiet, but not a temporary outage", () =>
    Effect.gen(function* () {
      const { failure, lines, sending } = yield* scene({ connectivity: { initial: connecting } }, never)
      yield* SubscriptionRef.set(failure, { _tag: "ConnectionRefused" })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(lines.stderr, [])
      yield* SubscriptionRef.set(failure, { _tag: "CaptivePortal" })
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(lines.stderr, 1)
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("does not report an outage that ends within 5 s", () =>
    Effect.gen(function* () {
      const { connectivity, lines, sending } = yield* scene({}, never, { terms: { quiet: false } })
      yield* TestClock.adjust("1 second")
      yield* connectivity.close("ConnectionReset")
      yield* TestClock.adjust("4 seconds")
      yield* connectivity.open
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(lines.stderr, [])
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("stops waiting for the first response from the API when --first-contact expires", () =>
    Effect.gen(function* () {
      const { failure, sending } = yield* scene({ connectivity: { initial: connecting } }, never, {
        terms: { firstContact: Duration.seconds(30) },
      })
      yield* SubscriptionRef.set(failure, { _tag: "DnsFailure" })
      yield* TestClock.adjust("29 seconds")
      assert.isUndefined(sending.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        "no response from http://127.0.0.1:1 within 30 s (the host name cannot be resolved); check the network and --api, then run the command again",
      )
    }),
  )

  it.effect("reports rejected health checks instead of a missing response when --first-contact expires", () =>
    Effect.gen(function* () {
      const { failure, sending } = yield* scene({ connectivity: { initial: connecting } }, never, {
        terms: { firstContact: Duration.seconds(30) },
      })
      yield* SubscriptionRef.set(failure, { _tag: "NotFound", status: 404, message: "nope (HTTP 404)" })
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        "http://127.0.0.1:1 rejected every health check within 30 s (nope (HTTP 404)); check --api and whether a proxy changes responses, then run the command again",
      )
    }),
  )

  it.effect("waits without a time limit for an API that has responded before", () =>
    Effect.gen(function* () {
      const { connectivity, sending } = yield* scene({}, never)
      yield* TestClock.adjust("1 second")
      yield* connectivity.close("ConnectionReset")
      yield* TestClock.adjust("10 hours")
      assert.isUndefined(sending.pollUnsafe())
      yield* Fiber.interrupt(sending)
    }),
  )

  it.effect("finishes the current file after the token is rejected, and stops before the next file", () =>
    Effect.gen(function* () {
      const { authorization, run, sending } = yield* scene({}, chunked("1 hour"), {
        files: [path, `${path}.2`],
        terms: { pair: false },
      })
      yield* TestClock.adjust("1 minute")
      yield* authorization.needsHuman("the sign-in has ended", "sign in")
      yield* TestClock.adjust("58 minutes")
      assert.isUndefined(sending.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        "the sign-in has ended; run holdfast pair, then run this command again",
      )
      assert.deepStrictEqual(
        run.files.kept().map(({ outcome }) => outcome),
        ["ok", undefined],
      )
    }),
  )

  it.effect("stops immediately with --no-pair when a call needs a token", () =>
    Effect.gen(function* () {
      const { sending } = yield* scene({ authorization: { initial: needed } }, never, {
        terms: { pair: false },
      })
      yield* TestClock.adjust(0)
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        "the sign-in has ended; run holdfast pair, then run this command again",
      )
    }),
  )

  it.effect("quotes the server's error and states what to check before the next sign-in", () =>
    Effect.gen(function* () {
      const reason = "the server does not recognize this client id and secret (invalid_client: the client is public)"
      const action = "check the client id, the client secret and the version of the program, then sign in again"
      const { sending } = yield* scene({ authorization: { initial: { ...needed, reason, action } } }, never, {
        terms: { pair: false },
      })
      yield* TestClock.adjust(0)
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        `${reason}; ${action}; run holdfast pair, then run this command again`,
      )
    }),
  )

  it.effect("does not request a new sign-in if the only problem is a full disk", () =>
    Effect.gen(function* () {
      const state = {
        ...needed,
        reason: "The sign-in cannot be saved: no space left on the disk",
        action: "free some space",
        need: "machine" as const,
      }
      const { events, lines, sending } = yield* scene({ authorization: { initial: state } }, never, {
        terms: { pairWait: Duration.minutes(10) },
      })
      yield* TestClock.adjust("10 minutes")
      assert.deepStrictEqual(lines.stderr, [
        `holdfast: ${state.reason}; free some space; this run waits for up to 10 min 00 s`,
      ])
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        `${state.reason} (waited 10 min 00 s); free some space, then run the command again`,
      )
      assert.isFalse(events().some(({ type }) => type === "pairing-needed"))
    }),
  )

  it.effect(
    "waits for another process to pair the device if no terminal is available, and then continues the upload",
    () =>
      Effect.gen(function* () {
        const { authorization, events, lines, sending } = yield* scene(
          { authorization: { initial: needed } },
          chunked("1 second"),
          { terms: { pairWait: Duration.minutes(10) } },
        )
        yield* TestClock.adjust("9 minutes")
        assert.isUndefined(sending.pollUnsafe())
        assert.deepStrictEqual(lines.stderr, [
          "holdfast: the sign-in has ended; run holdfast pair on this machine; this run waits for up to 10 min 00 s",
        ])
        assert.deepInclude(events(), {
          type: "pairing-needed",
          at: 0,
          reason: "the sign-in has ended",
          command: "holdfast pair",
          waitMs: 600_000,
        })
        yield* authorization.open
        yield* TestClock.adjust("20 minutes")
        assert.deepInclude(events(), { type: "paired", at: 540_000 })
        assert.strictEqual(messageOf(yield* Fiber.join(sending)), "it ended well")
      }),
  )

  it.effect("stops if no terminal is available and no other process pairs the device within --pair-wait", () =>
    Effect.gen(function* () {
      const { sending } = yield* scene({ authorization: { initial: needed } }, never, {
        terms: { pairWait: Duration.minutes(10) },
      })
      yield* TestClock.adjust("9 minutes")
      assert.isUndefined(sending.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(
        messageOf(yield* Fiber.join(sending)),
        "the sign-in has ended (waited 10 min 00 s); run holdfast pair, then run this command again",
      )
    }),
  )

  it.effect("starts the --pair-wait period only when the run cannot continue without a token", () =>
    Effect.gen(function* () {
      const { authorization, sending } = yield* scene({}, chunked("1 hour"), {
        files: [path, `${path}.2`],
        terms: { pairWait: Duration.minutes(10) },
      })
      yield* TestClock.adjust("1 minute")
      yield* authorization.needsHuman("the sign-in has ended", "sign in")
      yield* TestClock.adjust("59 minutes")
      yield* TestClock.adjust("9 minutes")
      assert.isUndefined(sending.pollUnsafe())
      yield* TestClock.adjust("1 minute")
      assert.match(messageOf(yield* Fiber.join(sending)), /^the sign-in has ended \(waited/)
    }),
  )
})
