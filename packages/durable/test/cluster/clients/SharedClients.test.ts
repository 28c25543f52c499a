import { assert, describe, it } from "@effect/vitest"
import { C2cConfig, type UploadReceipt, Uploader } from "@holdfast/c2c"
import { Connectivity } from "@holdfast/core"
import { Context, Effect, Fiber, Layer } from "effect"
import { TestRunner } from "effect/cluster"
import { HttpClient } from "effect/http"
import { createHash } from "node:crypto"
import * as FakeApi from "../../../../c2c/test/support/fakeApi.ts"
import { temporaryFile } from "../../../../c2c/test/support/uploads.ts"
import { tokenAnswer, tokens } from "../../../../oauth/test/support/server.ts"
import { DeviceClients, DeviceTokens, SharedClients } from "../../../src/cluster/index.ts"

const content = Buffer.from("a clip")
const stored = () =>
  new Response("", {
    status: 200,
    headers: {
      etag: `"${createHash("md5").update(content).digest("hex")}"`,
      "x-amz-request-id": "R",
      server: "AmazonS3",
    },
  })

/** An API that accepts one access token, with a storage. */
const makeApi = (valid: string) =>
  FakeApi.make((route, _n, { bearer }) => {
    if (route === "POST /v2/auth/token") return FakeApi.json(200, tokenAnswer(2))
    if (route.startsWith("PUT ")) return stored()
    if (route === "GET /health") return undefined
    if (bearer !== `Bearer ${valid}`) return FakeApi.detailed(401, "Unauthorized")
    return route === "POST /v2/devices/assets"
      ? FakeApi.json(201, { id: "a1", name: "clip.mov", upload_urls: ["https://s3.example/1"] })
      : undefined
  })

const runner = (api: FakeApi.FakeApi) =>
  Layer.unwrap(Effect.map(C2cConfig, (config) => SharedClients.layer({ config }))).pipe(
    Layer.provide(FakeApi.config),
    Layer.provideMerge(TestRunner.layer),
    Layer.provideMerge(DeviceTokens.layerMemory),
    Layer.provideMerge(Layer.succeed(HttpClient.HttpClient, api.client)),
  )

const signIn = (device: string, n: number) =>
  Effect.flatMap(DeviceTokens, (all) => Effect.flatMap(all.of(device), ({ save }) => save(tokens(n))))

const upload = (device: string) =>
  Effect.gen(function* () {
    const path = yield* temporaryFile(content)
    const { of } = yield* DeviceClients
    const uploader = Context.get(yield* of(device), Uploader)
    const fiber = yield* Effect.forkChild(uploader.upload({ path }))
    yield* FakeApi.advance("10 seconds")
    return yield* Fiber.join(fiber)
  })

describe("the clients of devices", () => {
  it.effect("upload with the tokens of their device, after one refresh by the keeper", () => {
    const api = makeApi("access-2")
    return Effect.gen(function* () {
      yield* signIn("cam-2", 1)
      const receipt: UploadReceipt = yield* upload("cam-2")
      assert.isTrue(receipt.verified)
      const [refresh] = api.to("POST /v2/auth/token")
      assert.strictEqual(api.to("POST /v2/auth/token").length, 1)
      assert.include(refresh?.body, "refresh-1")
      assert.include(refresh?.body, "cam-2")
      assert.deepStrictEqual(
        api.to("POST /v2/devices/assets").map(({ bearer }) => bearer),
        ["Bearer access-1", "Bearer access-2"],
      )
    }).pipe(Effect.scoped, Effect.provide(runner(api)), FakeApi.noJitter)
  })

  it.effect("use the client id of the configuration for the default device", () => {
    const api = makeApi("access-2")
    return Effect.gen(function* () {
      yield* signIn("default", 1)
      yield* upload("default")
      assert.include(api.to("POST /v2/auth/token")[0]?.body, "Some-Client-ID")
    }).pipe(Effect.scoped, Effect.provide(runner(api)), FakeApi.noJitter)
  })

  it.effect("are refused for a device that is not paired, and provided once it is", () => {
    const api = makeApi("access-5")
    return Effect.gen(function* () {
      const { of } = yield* DeviceClients
      const refused = yield* Effect.flip(of("cam-3"))
      assert.strictEqual(refused._tag, "DeviceNotPaired")
      assert.strictEqual(refused.verdict.retry, "never")
      yield* signIn("cam-3", 5)
      const receipt = yield* upload("cam-3")
      assert.isTrue(receipt.verified)
    }).pipe(Effect.scoped, Effect.provide(runner(api)), FakeApi.noJitter)
  })

  it.effect("are shared by the uploads of a device, and have the gate of the API in common with other devices", () => {
    const api = makeApi("access-1")
    return Effect.gen(function* () {
      yield* signIn("cam-1", 1)
      yield* signIn("cam-2", 1)
      const { of } = yield* DeviceClients
      const [one, same, other] = [yield* of("cam-1"), yield* of("cam-1"), yield* of("cam-2")]
      assert.strictEqual(Context.get(one, Uploader), Context.get(same, Uploader))
      assert.notStrictEqual(Context.get(one, Uploader), Context.get(other, Uploader))
      yield* FakeApi.advance("2 seconds")
      assert.isTrue((yield* Connectivity).gate.isOpen())
      assert.strictEqual(api.to("GET /health").length, 1)
    }).pipe(Effect.scoped, Effect.provide(runner(api)), FakeApi.noJitter)
  })
})
