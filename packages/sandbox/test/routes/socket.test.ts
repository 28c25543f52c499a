import { type FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import { bearer, createAsset, json, pair } from "../support/device.ts"
import { ask, send } from "../support/raw.ts"

const sandbox = (rules: FaultPlan.FaultPlan["rules"] = []) =>
  Sandbox.layer({ plan: { name: "test", survivable: false, rules }, seed: 1 })

/** A WebSocket without policies. `next` returns the next frame; the end of the connection is the text `closed` and a code. */
const open = (token: string) =>
  Effect.gen(function* () {
    const { url } = yield* Sandbox
    const received = yield* Queue.unbounded<string>()
    const socket = yield* Effect.acquireRelease(
      Effect.sync(
        () => new WebSocket(`${url.replace("http", "ws")}/devices/websocket?Authorization=Bearer%20${token}`),
      ),
      (opened) => Effect.sync(() => opened.close()),
    )
    const put = (text: string) => Queue.offerUnsafe(received, text)
    socket.addEventListener("open", () => put("open"))
    socket.addEventListener("message", ({ data }) => put(String(data)))
    socket.addEventListener("close", ({ code }) => put(`closed ${code}`))
    const say = (topic: string, event: string, ref: string) =>
      Effect.sync(() => socket.send(JSON.stringify({ topic, event, payload: {}, ref })))
    return { next: Queue.take(received), say }
  })

const topic = "devices:sandbox-device"
const ok = (to: string, ref: string) =>
  JSON.stringify({ topic: to, event: "phx_reply", payload: { status: "ok", response: {} }, ref })

const joined = Effect.gen(function* () {
  const { access_token } = yield* pair
  const socket = yield* open(access_token)
  assert.strictEqual(yield* socket.next, "open")
  yield* socket.say(topic, "phx_join", "1")
  return { ...socket, token: access_token }
})

describe("/devices/websocket", () => {
  it.effect("answers a join and a heartbeat with the reference of the frame", () =>
    Effect.gen(function* () {
      const { next, say } = yield* joined
      assert.strictEqual(yield* next, ok(topic, "1"))
      yield* say("phoenix", "heartbeat", "2")
      assert.strictEqual(yield* next, ok("phoenix", "2"))
    }).pipe(Effect.provide(sandbox())),
  )

  it.effect("rejects a join for another topic", () =>
    Effect.gen(function* () {
      const { next, say } = yield* joined
      yield* next
      yield* say("devices:other", "phx_join", "2")
      assert.include(yield* next, '"status":"error"')
    }).pipe(Effect.provide(sandbox())),
  )

  it.effect("reports a pause and its end to a joined device, and rejects assets meanwhile", () =>
    Effect.gen(function* () {
      const { setPaused, url } = yield* Sandbox
      const { next, token } = yield* joined
      yield* next
      const status = Effect.map(ask(`${url}/v2/devices/me`, { headers: bearer(token) }), (me) => json(me)["status"])
      const creation = Effect.map(createAsset(token, { filesize: 10 }), (answer) =>
        answer._tag === "Response" ? answer.status : answer.code,
      )
      const frame = (value: string) =>
        JSON.stringify({ topic, event: "status_updated", payload: { status: value }, ref: null })
      assert.deepStrictEqual([yield* status, yield* creation], ["online", 201])
      yield* setPaused(true)
      yield* setPaused(true)
      assert.strictEqual(yield* next, frame("paused"))
      assert.deepStrictEqual([yield* status, yield* creation], ["paused", 409])
      yield* setPaused(false)
      assert.strictEqual(yield* next, frame("online"))
      assert.deepStrictEqual([yield* status, yield* creation], ["online", 201])
    }).pipe(Effect.provide(sandbox())),
  )

  it.effect("rejects a handshake without a valid token, and a plain request", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const { next } = yield* open("another")
      assert.strictEqual(yield* next, "closed 1006")
      assert.strictEqual((yield* ask(`${url}/devices/websocket`)).status, 404)
      const page = yield* send(`${url}/devices/websocket`, { headers: { origin: "https://page.example" } })
      assert(page._tag === "Response")
      assert.strictEqual(page.status, 403)
    }).pipe(Effect.provide(sandbox())),
  )

  it.effect("closes a connection from which nothing arrives for 60 s", () =>
    Effect.gen(function* () {
      const { next } = yield* joined
      yield* next
      yield* TestClock.adjust("59 seconds")
      yield* TestClock.adjust("1 second")
      assert.match(yield* next, /^closed 1000$/)
    }).pipe(Effect.provide(sandbox())),
  )

  it.effect("resets a connection after the join under the socket-drop fault", () =>
    Effect.gen(function* () {
      const { next } = yield* joined
      const seen = [yield* next]
      if (seen[0] !== "closed 1006") seen.push(yield* next)
      assert.strictEqual(seen.at(-1), "closed 1006")
      const [fault] = yield* (yield* Sandbox).log
      assert.strictEqual(fault?.message, "a dropped socket on socket")
    }).pipe(Effect.provide(sandbox([{ route: "socket", fault: { kind: "socket-drop" } }]))),
  )

  it.effect("sends no response under the socket-silent fault", () =>
    Effect.gen(function* () {
      const { setPaused } = yield* Sandbox
      const { next } = yield* joined
      yield* setPaused(true)
      const answer = yield* Effect.raceFirst(next, Effect.as(TestClock.withLive(Effect.sleep("50 millis")), "nothing"))
      assert.strictEqual(answer, "nothing")
    }).pipe(Effect.provide(sandbox([{ route: "socket", fault: { kind: "socket-silent" } }]))),
  )
})
