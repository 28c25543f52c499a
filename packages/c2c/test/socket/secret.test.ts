import { assert, describe, it } from "@effect/vitest"
import { DeviceSocket } from "@holdfast/c2c"
import { TokenStore } from "@holdfast/oauth"
import { Cause, Effect, Layer, Logger, Redacted, References, Stream, SubscriptionRef, Tracer } from "effect"
import * as Socket from "effect/socket/Socket"
import { inspect } from "node:util"
import * as Api from "../support/fakeApi.ts"
import * as Fake from "../support/fakeSocket.ts"

const token = 'very/secret+token=?&"ü'

/** The forms in which a log could contain the token. */
const spellings = [
  token,
  encodeURIComponent(token),
  encodeURI(token),
  encodeURIComponent(encodeURIComponent(token)),
  JSON.stringify(token).slice(1, -1),
  Buffer.from(token).toString("base64"),
  Buffer.from(`Bearer ${token}`).toString("base64"),
  Buffer.from(token).toString("hex"),
  "very",
  "secret",
]

const paired = Layer.effectDiscard(
  Effect.flatMap(TokenStore, (store) =>
    store.save({
      accessToken: Redacted.make(token),
      refreshToken: Redacted.make("refresh-1"),
      expiresAt: 8 * 3_600_000,
    }),
  ),
).pipe(Layer.provideMerge(TokenStore.layerMemory))

/** Runs a device for 40 s and returns everything that a person or a tool could see of it. */
const visible = (constructor: Layer.Layer<Socket.WebSocketConstructor>) => {
  const texts: Array<string> = []
  const note = (value: unknown) => {
    texts.push(inspect(value, { depth: 12, showHidden: true, getters: true }))
    try {
      texts.push(String(value), JSON.stringify(value) ?? "")
    } catch {
      // A value that cannot be written as JSON does not reach a log as JSON.
    }
  }
  const logger = Logger.make(({ cause, fiber, message }) => {
    note(message)
    note(cause)
    note(Cause.pretty(cause))
    note(fiber.getRef(References.CurrentLogAnnotations))
  })
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      texts.push(span.name)
      spans.push(span)
      return span
    },
  })
  const spans: Array<Tracer.NativeSpan> = []
  return Effect.gen(function* () {
    const { changes, failure } = yield* DeviceSocket
    yield* Effect.forkChild(Stream.runForEach(changes, (status) => Effect.sync(() => note(status))))
    yield* Effect.forkChild(
      Stream.runForEach(SubscriptionRef.changes(failure), (error) =>
        Effect.sync(() => {
          note(error)
          if (error instanceof Error) note([error.stack, error.cause, error.message])
        }),
      ),
    )
    yield* Api.advance("40 seconds")
    for (const span of spans) note([...span.attributes, ...span.events, span.status])
    return texts.join("\n")
  }).pipe(
    Effect.provide(
      DeviceSocket.layer.pipe(
        Layer.provideMerge(
          Layer.mergeAll(
            Api.layer(
              Api.make(() => undefined),
              paired,
            ),
            Api.config,
            constructor,
          ),
        ),
        Layer.provideMerge(Logger.layer([logger])),
      ),
    ),
    Effect.provideService(References.MinimumLogLevel, "All"),
    Effect.withTracer(tracer),
    Api.noJitter,
  )
}

/** The client reports errors that repeat the address, as WebSocket clients and proxies may. */
const leaking = (act: (socket: Fake.FakeSocket, url: string) => void) =>
  Fake.make(() => ({
    onConnect: (socket) => act(socket, socket.url),
    onSend: (socket, frame) => socket.receive(Fake.reply(frame)),
  })).layer

describe("the token in the address of the device socket", () => {
  it.effect.each<readonly [string, Layer.Layer<Socket.WebSocketConstructor>]>([
    [
      "an error event",
      leaking((socket, url) =>
        socket.fail({
          message: `cannot connect to ${url}`,
          error: Object.assign(new Error(`GET ${url} ${token}`), { code: token }),
        }),
      ),
    ],
    ["an error code with the form of a token", leaking((socket) => socket.fail({ error: { code: token } }))],
    [
      "a close reason",
      leaking((socket, url) => {
        socket.open()
        setImmediate(() => socket.end(4001, `${url} ${token} ${Buffer.from(token).toString("base64")}`))
      }),
    ],
    [
      "a read error",
      leaking((socket, url) => {
        socket.open()
        setImmediate(() => socket.fail({ message: url, error: new Error(token) }))
      }),
    ],
    [
      "a rejected join",
      leaking((socket, url) => {
        socket.open()
        setImmediate(() =>
          socket.receive({
            topic: "devices:d1",
            event: "phx_reply",
            ref: "1",
            payload: { status: "error", response: { reason: url } },
          }),
        )
      }),
    ],
    [
      "an unreadable status",
      leaking((socket, url) => {
        socket.open()
        setImmediate(() => socket.receive({ topic: "devices:d1", event: "status_updated", payload: { status: url } }))
      }),
    ],
    [
      "a constructor that throws",
      Layer.succeed(Socket.WebSocketConstructor, (url) => {
        throw new SyntaxError(`Invalid URL: ${url}`)
      }),
    ],
    [
      "a failed send",
      Layer.effect(
        Socket.WebSocketConstructor,
        Effect.sync(() => (url: string) => {
          const socket = new Fake.FakeSocket(url, undefined, () => 0, {
            onSend: () => {
              throw new Error(`cannot send to ${url}`)
            },
          })
          setImmediate(() => socket.open())
          return socket as unknown as Socket.WebSocketLike
        }),
      ),
    ],
  ])("does not become visible through %s", ([, constructor]) =>
    Effect.gen(function* () {
      const text = yield* visible(constructor)
      assert.match(text, /device socket|online/)
      for (const spelling of spellings) assert.notInclude(text, spelling)
    }),
  )
})
