import { assert, describe, it } from "@effect/vitest"
import { Wire } from "@holdfast/c2c"
import { Redacted, Schema } from "effect"

describe("Wire", () => {
  it("decodes a device as shown in the API reference", () => {
    const device = Schema.decodeUnknownSync(Wire.Device)({
      _type: "project_device",
      id: "pd1",
      device_id: "d1",
      name: "Camera A",
      asset_type: "video",
      status: "online",
      timezone: "UTC",
      deleted_at: null,
      project_id: "p1",
      project: { _type: "project", id: "p1", name: "Dailies" },
      authorization: { id: "a1", expires_at: "2026-12-01T00:00:00Z", creator: { id: "u1", name: "Ada" }, scopes: {} },
      channels: [{ id: "c1", name: "Main", external_index: 0, status: "online", real_time_logging_capable: false }],
    })
    assert.deepInclude(device, { id: "pd1", deviceId: "d1", projectId: "p1", status: "online" })
    assert.strictEqual(device.project?.name, "Dailies")
    assert.strictEqual(device.authorization?.expiresAt, "2026-12-01T00:00:00Z")
    assert.strictEqual(device.channels?.[0]?.externalIndex, 0)
  })

  it("decodes a device in which almost every field is missing or null", () => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(Wire.Device)({ id: "d" }), { id: "d" })
    const nulls = { id: "d", name: null, project: null, authorization: null, channels: null, project_id: null }
    assert.strictEqual(Schema.decodeUnknownSync(Wire.Device)(nulls).channels, null)
  })

  it("keeps upload URLs redacted", () => {
    const asset = Schema.decodeUnknownSync(Wire.CreatedAsset)({ id: "a", upload_urls: ["https://s3/x?sig=1"] })
    const [url] = asset.uploadUrls ?? []
    assert.notInclude(String(url) + JSON.stringify(asset), "sig")
    assert.strictEqual(url && Redacted.value(url), "https://s3/x?sig=1")
    assert.deepStrictEqual(Schema.decodeUnknownSync(Wire.CreatedAsset)({ id: "a", upload_urls: null }), {
      id: "a",
      uploadUrls: null,
    })
  })

  it("encodes fields in snake_case and omits absent values", () => {
    assert.deepStrictEqual(
      Schema.encodeSync(Wire.AssetCreation)({
        extension: ".mp4",
        filetype: "video/mp4",
        offset: 0,
        isRealtimeUpload: true,
      }),
      { extension: ".mp4", filetype: "video/mp4", offset: 0, is_realtime_upload: true },
    )
    assert.deepStrictEqual(
      Schema.encodeSync(Wire.RealtimeParts)({
        parts: [{ number: 1, size: 9, isFinal: true }],
        assetName: "a.mp4",
        assetFilesize: 9,
      }),
      { parts: [{ number: 1, size: 9, is_final: true }], asset_name: "a.mp4", asset_filesize: 9 },
    )
  })
})
