import { FaultPlan, Sandbox, StoredAsset } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ask } from "../support/raw.ts"
import { bearer, createAsset, pair, post, prepare, put } from "../support/device.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, chunkSize: 64 })

describe("assets", () => {
  const created = (fields: Readonly<Record<string, unknown>>) =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      const answer = yield* createAsset(access_token, fields)
      assert(answer._tag === "Response")
      return answer
    }).pipe(Effect.provide(calm))

  it.effect("returns as few URLs for a file as the chunk size allows, and at least one", () =>
    Effect.gen(function* () {
      const counts = yield* Effect.forEach([0, 1, 64, 65, 640], (filesize) =>
        Effect.map(
          created({ filesize }),
          (a) => (JSON.parse(a.body) as { upload_urls: Array<string> }).upload_urls.length,
        ),
      )
      assert.deepStrictEqual(counts, [1, 1, 1, 2, 10])
    }),
  )

  it.effect("creates an asset from a URL-encoded form", () =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      const answer = yield* post("/v2/devices/assets", {
        headers: { ...bearer(access_token), "content-type": "application/x-www-form-urlencoded" },
        body: "name=a.wav&filetype=audio%2Fwav&filesize=100&offset=10&channel=0",
      })
      assert(answer._tag === "Response" && answer.status === 201)
      assert.strictEqual((JSON.parse(answer.body) as { upload_urls: Array<string> }).upload_urls.length, 2)
    }).pipe(Effect.provide(calm)),
  )

  it.effect.each([
    { fields: { filesize: 100, channel: 7 }, status: 500 },
    { fields: { filesize: 100, parts: 0 }, status: 500 },
    { fields: { filesize: 100_000_000, parts: 10_001 }, status: 500 },
    { fields: { filesize: 20_000_000, parts: 5 }, status: 500 },
    { fields: { filesize: 20_000_000, parts: 2 }, status: 201 },
    { fields: { filesize: -1 }, status: 422 },
    { fields: { filesize: 1, name: "" }, status: 422 },
    { fields: {}, status: 422 },
  ])("returns $status for $fields", ({ fields, status }) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* created(fields)).status, status)
    }),
  )

  it.effect("accepts late requests for realtime part URLs in any order, and assembles the parts by number", () =>
    Effect.gen(function* () {
      const { url, assets } = yield* Sandbox
      const { access_token } = yield* pair
      const answer = yield* post("/v2/devices/assets", {
        headers: { ...bearer(access_token), "content-type": "application/json" },
        body: JSON.stringify({ extension: ".mov", filetype: "video/mp4", is_realtime_upload: true }),
      })
      assert(answer._tag === "Response" && answer.status === 201)
      const asset = JSON.parse(answer.body) as { id: string; name: string }
      assert.deepStrictEqual(Object.keys(asset), ["id", "name"])
      const big = new Uint8Array(5 * 1024 ** 2).fill(1)
      const parts = (body: unknown) =>
        Effect.map(
          ask(`${url}/v2/devices/assets/${asset.id}/realtime_upload/parts`, {
            method: "POST",
            headers: { ...bearer(access_token), "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
          (a) => ({
            status: a.status,
            urls: (JSON.parse(a.body) as { upload_urls?: Array<string> }).upload_urls ?? [],
          }),
        )
      assert.strictEqual((yield* parts({ parts: [{ number: 1, size: 100 }] })).status, 422)
      const last = yield* parts({
        parts: [{ number: 4, size: 3, is_final: true }],
        asset_name: "take.mov",
        asset_filesize: big.length + 3,
      })
      yield* put(last.urls[0] ?? "", new Uint8Array([7, 8, 9]))
      assert.isTrue((yield* assets)[0]?.complete === false)
      const first = yield* parts({ parts: [{ number: 2, size: big.length }] })
      yield* put(first.urls[0] ?? "", big)
      const [stored] = yield* assets
      assert.deepStrictEqual([stored?.name, stored?.complete, stored?.bytes], ["take.mov", true, big.length + 3])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("reports the stored assets over HTTP", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const health = yield* ask(`${url}/health`)
      assert.deepStrictEqual(
        [health.status, health.body, health.headers["x-holdfast-sandbox"]],
        [200, '{"ok":true}', "1"],
      )
      const { id, urls } = yield* prepare(3)
      yield* put(urls[0] ?? "", new Uint8Array([1, 2, 3]))
      const answer = yield* ask(`${url}/sandbox/assets/${id}`)
      const stored = yield* Schema.decodeUnknownEffect(StoredAsset)(JSON.parse(answer.body))
      assert.isTrue(stored.complete)
      assert.strictEqual(stored.sha256, "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")
      assert.strictEqual((yield* ask(`${url}/sandbox/assets/nobody`)).status, 404)
    }).pipe(Effect.provide(calm)),
  )
})
