/**
 * What happens to connections whose responses are not read, over real sockets and a pool of one connection.
 */
import { createServer, type RequestListener, type ServerResponse } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { HttpPipeline, ErrorStatus, type TransportError } from "@holdfast/http"
import { Data, Effect, Layer, Schedule } from "effect"
import { FetchHttpClient, HttpClient, type HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Agent, fetch as undiciFetch } from "undici"
import { decode } from "./support/clients.ts"

/** A fetch with a single connection. */
const single = Effect.acquireRelease(
  Effect.sync(() => new Agent({ connections: 1, pipelining: 1 })),
  (agent) => Effect.promise(() => agent.destroy()),
).pipe(
  Effect.map((agent): typeof globalThis.fetch => {
    const over = undiciFetch as unknown as (input: unknown, init: unknown) => Promise<Response>
    return (input, init) => over(input, { ...init, dispatcher: agent })
  }),
)

/** An HttpClient with a single connection. */
const singleClient = NodeHttpClient.layerUndiciNoDispatcher.pipe(
  Layer.provide(NodeHttpClient.layerDispatcherOptions({ connections: 1 })),
)

const twice = Pipeline.makeUnsafe(Pipeline.retry({ schedule: Schedule.recurs(1) }))
const hedged = Pipeline.makeUnsafe(
  Pipeline.retry({ schedule: Schedule.recurs(1) }),
  Pipeline.hedge(Hedge.makeUnsafe({ delay: "20 millis" })),
  // Both have the same type here: a list of both has no type that fits around HTTP.
) as unknown as typeof twice

/** Starts a body and never ends it. */
const slowly = (response: ServerResponse, status: number) => {
  response.writeHead(status, { "content-length": "1000" }).write("busy")
}
const bulky = (response: ServerResponse, status: number) => {
  response.writeHead(status)
  const more = () => {
    while (!response.destroyed && response.write("x".repeat(16_384)));
  }
  response.on("drain", more)
  more()
}

describe("the connection of an error response", () => {
  for (const [name, pipeline] of [
    ["retries", twice],
    ["a hedge", hedged],
  ] as const) {
    for (const [kind, refuse] of [
      ["a short one", (response: ServerResponse) => response.writeHead(503).end("busy")],
      ["one that is slow", (response: ServerResponse) => slowly(response, 503)],
      ["one that is endless", (response: ServerResponse) => bulky(response, 503)],
    ] as const) {
      it.live(`frees the connection of an error response (${kind}) for the next attempt with ${name}`, () =>
        Effect.gen(function* () {
          let requests = 0
          const { url } = yield* serve((_, response) => {
            if (++requests === 1) refuse(response)
            else response.end("ok")
          })
          const fetch = HttpPipeline.fetch(pipeline, yield* single)
          const response = yield* Effect.promise(() => fetch(url))
          assert.strictEqual(response.status, 200)
          assert.strictEqual(yield* Effect.promise(() => response.text()), "ok")
        }),
      )
    }
  }

  it.live("reuses the connection if the error response was short", () =>
    Effect.gen(function* () {
      let requests = 0
      const { connections, url } = yield* serve((_, response) => {
        response.writeHead(++requests === 1 ? 503 : 200).end("x".repeat(1000))
      })
      const fetch = HttpPipeline.fetch(twice, yield* single)
      yield* Effect.promise(() => fetch(url).then((response) => response.text()))
      assert.deepStrictEqual([requests, connections()], [2, 1])
    }),
  )

  it.live("closes the connection of an error response while the call is waiting for its next attempt", () =>
    Effect.gen(function* () {
      const { open, url } = yield* serve((_, response) => slowly(response, 503))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
      const controller = new AbortController()
      const fetch = HttpPipeline.fetch(pipeline, yield* single)
      const wait = fetch(url, { headers: { "x-wait": "1" }, signal: controller.signal }).catch(() => undefined)
      // The first wait is at least a quarter of a second, in which the connection can end.
      while (open() === 0) yield* Effect.sleep("5 millis")
      yield* ended(open)
      controller.abort()
      yield* Effect.promise(() => wait)
    }),
  )

  it.live("keeps the connection open for the last response, which can be read to the end", () =>
    Effect.gen(function* () {
      const { url } = yield* serve((_, response) => {
        response.writeHead(503).write("x".repeat(100_000))
        setTimeout(() => response.end("the end"), 400)
      })
      for (const pipeline of [twice, hedged]) {
        const response = yield* Effect.promise(() => HttpPipeline.fetch(pipeline)(url))
        assert.strictEqual(response.status, 503)
        const text = yield* Effect.promise(() => response.text())
        assert.deepStrictEqual([text.length, text.slice(-7)], [100_007, "the end"])
        const rejecting = HttpPipeline.fetch(pipeline, undefined, { onStatus: "reject" })
        const error = yield* Effect.promise(() => rejecting(url).catch((cause: unknown) => cause))
        assert.instanceOf(error, ErrorStatus)
        assert.strictEqual((yield* Effect.promise(() => error.response!.text())).length, 100_007)
      }
    }),
  )
})

describe("the connection of a response that a stage treats as a failure", () => {
  class Busy extends Data.TaggedError("Busy")<{ readonly verdict: Verdict.Verdict }> {}
  const busy = (isBusy: boolean) => (isBusy ? new Busy({ verdict: Verdict.always({ applied: "no" }) }) : undefined)
  const schedule = Schedule.recurs(1)
  const hedge = Hedge.makeUnsafe({ delay: "20 millis" })

  /** Answers with 200 twice: first for a busy job, with a body that never ends, then for one that is done. */
  const service = Effect.gen(function* () {
    let requests = 0
    return yield* serve((_, response) => {
      response.setHeader("x-state", ++requests === 1 ? "busy" : "done")
      if (requests === 1) slowly(response, 200)
      else response.writeHead(200, { connection: "close" }).end("ok")
    })
  })

  it.live("closes the connection of a fetch when its attempt ends, even with a hedge", () =>
    Effect.gen(function* () {
      const judge = Pipeline.failWhen((response: Response) => busy(response.headers.get("x-state") === "busy"))
      const plain = HttpPipeline.fetch(Pipeline.makeUnsafe(Pipeline.retry({ schedule }), judge), yield* single)
      const stages = Pipeline.makeUnsafe(Pipeline.retry({ schedule }), Pipeline.hedge(hedge), judge)
      for (const fetch of [plain, HttpPipeline.fetch(stages, yield* single)]) {
        const { open, url } = yield* service
        const response = yield* Effect.promise(() =>
          fetch(url, { method: "POST", headers: { "idempotency-key": "k" } }),
        )
        assert.strictEqual(yield* Effect.promise(() => response.text()), "ok")
        yield* ended(open)
      }
    }),
  )

  it.live("closes the connection of a client when its attempt ends", () =>
    Effect.gen(function* () {
      const judge = Pipeline.failWhen((response: HttpClientResponse.HttpClientResponse) =>
        busy(response.headers["x-state"] === "busy"),
      )
      const client = HttpPipeline.client(
        Pipeline.makeUnsafe(Pipeline.retry({ schedule }), judge),
        yield* HttpClient.HttpClient,
      )
      const { open, url } = yield* service
      assert.strictEqual(yield* (yield* client.post(url)).text, "ok")
      yield* ended(open)
    }).pipe(Effect.provide(singleClient)),
  )
})

describe("the connection of a response that lost a race", () => {
  it.live("closes the connection of the losing response when the race ends, for a fetch and for a client", () =>
    Effect.gen(function* () {
      let requests = 0
      let first: ServerResponse | undefined
      const { open, url } = yield* serve((_, response) => {
        // The first request gets its response head after the copy has won.
        if (++requests % 2 === 1) first = response
        else response.writeHead(200, { connection: "close" }).end("ok", () => first && slowly(first, 200))
      })
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "20 millis" })))
      const response = yield* Effect.promise(() => HttpPipeline.fetch(pipeline)(url))
      assert.strictEqual(yield* Effect.promise(() => response.text()), "ok")
      const client = HttpPipeline.client(pipeline, yield* HttpClient.HttpClient)
      assert.strictEqual(yield* (yield* client.get(url)).text, "ok")
      yield* ended(open)
      assert.strictEqual(requests, 4)
    }).pipe(Effect.provide(FetchHttpClient.layer)),
  )
})

describe("a client", () => {
  for (const [name, layer] of [
    ["undici", singleClient],
    ["fetch", FetchHttpClient.layer],
  ] as const) {
    it.live(
      `cancels an error response of ${name} after 64 KiB, and uses only one connection for the next attempt`,
      () =>
        Effect.gen(function* () {
          for (const pipeline of [twice, hedged]) {
            let requests = 0
            const { open, url } = yield* serve((_, response) => {
              if (++requests === 1) bulky(response, 503)
              else response.writeHead(200, { connection: "close" }).end("ok")
            })
            const client = HttpPipeline.client(pipeline, yield* HttpClient.HttpClient, { decode })
            assert.strictEqual(yield* (yield* client.get(url)).text, "ok")
            yield* ended(open)
          }
        }).pipe(Effect.provide(layer)),
    )
  }
})

describe("the connection of a late response", () => {
  it.effect("releases the connection of a late response even if the fetch ignored the signal of its attempt", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const late = () => new Response(new ReadableStream({ cancel: () => void cancelled++ }))
      const answers: Array<(response: Response) => void> = []
      const deaf = () => new Promise<Response>((resolve) => answers.push(resolve))
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.retry({ schedule: Schedule.recurs(1) }),
        Pipeline.timeout("1 second"),
      )
      const fetch = HttpPipeline.fetch(pipeline, deaf, { context: yield* Effect.context<never>() })
      const call = fetch("https://api.test/")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(answers.length, 2)
      answers[0]?.(late())
      answers[1]?.(new Response("ok"))
      assert.strictEqual(yield* Effect.promise(async () => (await call).text()), "ok")
      assert.strictEqual(cancelled, 1)

      const abort = new AbortController()
      const aborted = fetch("https://api.test/", { signal: abort.signal })
      abort.abort()
      yield* Effect.promise(() => aborted.catch(() => undefined))
      answers[2]?.(late())
      yield* Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))
      assert.strictEqual(cancelled, 2)
    }),
  )
})

describe("HttpPipeline.fetch with a redirect", () => {
  const two = Effect.gen(function* () {
    const seen: Array<string> = []
    const target = yield* serve((request, response) => {
      let body = ""
      request.on("data", (chunk: Buffer) => (body += chunk.toString()))
      request.on("end", () => {
        seen.push(`${request.method} ${request.headers["x-client-version"]} ${request.headers.accept} ${body}`)
        response.end("hello")
      })
    })
    const source = yield* serve((request, response) => {
      const path = (request.url ?? "").slice(1)
      request.resume()
      request.on("end", () =>
        path === "circle"
          ? response.writeHead(302, { location: "/circle" }).end()
          : response.writeHead(Number(path.split("?")[0]), { location: `${target.url}/stolen?secret=1` }).end("moved"),
      )
    })
    return { seen, source, target }
  })
  const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 1 }))
  const rejection = (call: Promise<Response>) =>
    Effect.promise(() =>
      call.then(
        (response) => ({ _tag: `status ${response.status}`, message: "" }) as unknown as TransportError,
        (cause: TransportError) => cause,
      ),
    )

  it.live("does not send a body or credential after a redirect, and names the target's origin in the error", () =>
    Effect.gen(function* () {
      const { seen, source, target } = yield* two
      const fetch = HttpPipeline.fetch(pipeline)
      for (const status of [301, 302, 303, 307, 308]) {
        for (const init of [
          { method: "POST", body: "client_secret=CANARY" },
          { method: "PUT", body: new Uint8Array(9) },
          { method: "POST" },
          { headers: { authorization: "Bearer CANARY" } },
          { headers: { "x-api-key": "CANARY" } },
          { headers: new Map([["cookie", "a=CANARY"]]).entries() as unknown as HeadersInit },
          { credentials: "include" },
        ] as const) {
          const error = yield* rejection(fetch(`${source.url}/${status}`, init))
          assert.strictEqual(error._tag, "RedirectRefused", `${status} ${JSON.stringify(init)}`)
          assert.deepStrictEqual([error.verdict.retry, error.status], ["never", status])
          assert.include(error.message, `leads to ${target.url}`)
          assert.notInclude(error.message, "stolen")
        }
        for (const input of [
          new Request(`${source.url}/${status}`, { method: "POST", body: "CANARY" }),
          new Request(`${source.url}/${status}`, { headers: { authorization: "Bearer CANARY" } }),
          `${source.url}/${status}?access_token=CANARY`,
        ]) {
          assert.strictEqual((yield* rejection(fetch(input)))._tag, "RedirectRefused")
        }
      }
      assert.deepStrictEqual(seen, [])
    }),
  )

  it.live("follows a redirect of a plain GET, and sends only public headers to another origin", () =>
    Effect.gen(function* () {
      const { seen, source, target } = yield* two
      const fetch = HttpPipeline.fetch(pipeline)
      for (const status of [301, 302, 303, 307, 308]) {
        const init = { headers: { accept: "text/plain", "x-client-version": "1" } }
        for (const input of [`${source.url}/${status}`, new URL(`${source.url}/${status}`)]) {
          const response = yield* Effect.promise(() => fetch(input, init))
          assert.deepStrictEqual([response.status, response.url], [200, `${target.url}/stolen?secret=1`])
          assert.strictEqual(seen.pop(), "GET undefined text/plain ")
        }
        yield* Effect.promise(() => fetch(new Request(`${source.url}/${status}`, init)))
        assert.strictEqual(seen.pop(), "GET undefined text/plain ")
      }
      assert.include((yield* rejection(fetch(`${source.url}/circle`))).message, "more than 10 redirects")
    }),
  )

  it.live("lets the caller choose the redirect mode, but never sends a secret to another origin", () =>
    Effect.gen(function* () {
      const { seen, source } = yield* two
      const fetch = HttpPipeline.fetch(pipeline)
      assert.strictEqual(
        (yield* rejection(fetch(`${source.url}/307`, { method: "POST", redirect: "manual" })))._tag,
        "status 307",
      )
      for (const refuse of [
        () => fetch(`${source.url}/302`, { redirect: "error" }),
        () => fetch(new Request(`${source.url}/302`, { redirect: "error" })),
      ]) {
        const error = yield* rejection(refuse())
        assert.strictEqual(error._tag, "RedirectRefused")
        // The service works: a redirect that the caller forbids opens no circuit, and is returned as often as it is requested.
        assert.strictEqual(Verdict.outcomeOf(error.verdict), "ignored")
        assert.strictEqual(error.verdict.retry, "never")
      }
      assert.strictEqual(
        (yield* rejection(fetch(`${source.url}/307`, { method: "POST", body: "CANARY", redirect: "follow" })))._tag,
        "RedirectRefused",
      )
      assert.deepStrictEqual(seen, [])
    }),
  )

  it.effect(
    "follows hidden redirects in a browser only for a plain GET, and reports any other redirect that fetch followed",
    () =>
      Effect.gen(function* () {
        const hiding =
          (response: Partial<Response>): typeof globalThis.fetch =>
          async (_, init) =>
            init!.redirect === "follow"
              ? new Response("there")
              : Object.defineProperties(new Response("x"), props(response))
        const hidden = HttpPipeline.fetch(pipeline, hiding({ type: "opaqueredirect", status: 0 }))
        assert.strictEqual((yield* Effect.promise(() => hidden("https://a.test/"))).status, 200)
        const error = yield* rejection(hidden("https://a.test/", { method: "POST" }))
        assert.include(error.message, "the browser does not reveal the target of the redirect")
        const followed = HttpPipeline.fetch(pipeline, hiding({ redirected: true, url: "https://b.test/" }))
        assert.strictEqual((yield* Effect.promise(() => followed("https://a.test/"))).status, 200)
        const stray = yield* rejection(followed("https://a.test/", { headers: { authorization: "x" } }))
        assert.include(stray.message, "fetch followed a redirect to https://b.test automatically")
      }),
  )
})

/** Waits until no connection is open, because closing takes a moment. */
const ended = (open: () => number) =>
  Effect.gen(function* () {
    for (let n = 0; open() > 0 && n < 800; n++) yield* Effect.sleep("5 millis")
    assert.strictEqual(open(), 0)
  })

const props = (values: object): PropertyDescriptorMap =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]))

/** A server on loopback that counts its connections, both open and total. */
const serve = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly url: string
      readonly open: () => number
      readonly connections: () => number
      readonly end: () => void
    }>((resume) => {
      const sockets = new Set<Socket>()
      let ever = 0
      const server = createServer(listener)
      server.on("connection", (socket: Socket) => {
        ever++
        sockets.add(socket)
        socket.on("error", () => undefined).on("close", () => sockets.delete(socket))
      })
      server.listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        const end = () => void server.close(() => undefined).closeAllConnections()
        resume(Effect.succeed({ url, open: () => sockets.size, connections: () => ever, end }))
      })
    }),
    ({ end }) => Effect.sync(end),
  )
