import { assert, describe, it } from "@effect/vitest"
import { DeviceSocket, type DeviceSocketLost } from "@holdfast/c2c"
import type { CallError } from "@holdfast/c2c/C2cClient"
import type * as Wire from "@holdfast/c2c/Wire"
import { TokenStore } from "@holdfast/oauth"
import { Effect, Redacted, SubscriptionRef } from "effect"
import { Output } from "holdfast/Output"
import * as Device from "../../src/upload/Device.ts"
import * as UploadState from "../../src/upload/State.ts"

type Status = Parameters<typeof Device.text>[1]

const turns = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })

/** Follows a scripted device, and returns the events and the messages. */
const follow = (steps: ReadonlyArray<Status | Wire.Device>) => {
  const lines = { stdout: [] as Array<string>, stderr: [] as Array<string> }
  return Effect.gen(function* () {
    const status = yield* SubscriptionRef.make<Status>("unknown")
    const device = yield* SubscriptionRef.make<Wire.Device | undefined>(undefined)
    const socket = DeviceSocket.of({
      status,
      changes: SubscriptionRef.changes(status),
      device,
      failure: yield* SubscriptionRef.make<DeviceSocketLost | CallError | undefined>(undefined),
      awaitNotPaused: Effect.void,
    })
    const run = yield* UploadState.make({ paths: ["a.mov"], json: true, output: yield* Output })
    yield* signedIn
    yield* Effect.forkChild(Effect.provideService(Device.follow(run), DeviceSocket, socket))
    yield* turns
    for (const step of steps) {
      yield* typeof step === "string" ? SubscriptionRef.set(status, step) : SubscriptionRef.set(device, step)
      yield* turns
    }
    const events = lines.stdout.map((line) => {
      const { project, status, type } = JSON.parse(line)
      return [type, project, status]
    })
    return { events, messages: lines.stderr }
  }).pipe(Effect.provide([Output.layerMemory(lines), TokenStore.layerMemory]))
}

const named = (name: string): Wire.Device => ({ id: "d1", project: { id: "p1", name } })

const token = "fio-at-9Xq2Lw7Zk4Vb8Nc1"

const signedIn = TokenStore.use(({ save }) => save({ accessToken: Redacted.make(token), expiresAt: 0 }))

describe("the device of a run", () => {
  it("is shown with its project and its status", () => {
    assert.strictEqual(Device.text("Night shoot", "online"), "Night shoot, online")
    assert.strictEqual(Device.text("Night shoot", "paused"), "Night shoot, paused in Frame.io: waiting")
    assert.strictEqual(Device.text("Night shoot", "unknown"), "Night shoot")
    assert.strictEqual(Device.text(undefined, "online"), "online")
    assert.isUndefined(Device.text(undefined, "unknown"))
  })

  it.effect("is reported when its project or its status changes, and never twice", () =>
    Effect.gen(function* () {
      const { events, messages } = yield* follow([
        named("Night shoot"),
        "online",
        named("Night shoot"),
        "paused",
        named("Night shoot"),
        "online",
        "unknown",
        { id: "d1" },
      ])
      assert.deepStrictEqual(events, [
        ["device", "Night shoot", "unknown"],
        ["device", "Night shoot", "online"],
        ["device", "Night shoot", "paused"],
        ["device", "Night shoot", "online"],
        ["device", "Night shoot", "unknown"],
        ["device", null, "unknown"],
      ])
      assert.deepStrictEqual(messages, [
        "holdfast: the device is paused in Frame.io; resume it there to send files that have not begun",
        "holdfast: the device is no longer paused in Frame.io",
      ])
    }),
  )

  it.effect("is reported without the token that the API includes in the name of the project", () =>
    Effect.gen(function* () {
      const { events } = yield* follow([named(`Night ${token}`)])
      assert.match(JSON.stringify(events), /Night/)
      assert.notInclude(JSON.stringify(events), token)
    }),
  )

  it.effect("is not reported before anything is known", () =>
    Effect.map(follow([]), ({ events, messages }) => assert.deepStrictEqual([...events, ...messages], [])),
  )
})
