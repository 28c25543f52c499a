import { assert, describe, it } from "@effect/vitest"
import { AssetRequest } from "@holdfast/c2c"

const MiB = 1024 ** 2
const GiB = 1024 ** 3
const clip = { name: "A001.mov", filetype: "video/quicktime", filesize: 100 * MiB }

describe("AssetRequest", () => {
  it("accepts every request within S3's limits", () => {
    for (const request of [
      clip,
      { ...clip, filesize: 0 },
      { ...clip, parts: 1, filesize: 10 },
      { ...clip, parts: 20 },
      { ...clip, parts: 10_000, filesize: 50_000 * MiB },
      { ...clip, parts: 1024, filesize: 5 * 1024 ** 4 },
    ]) {
      assert.isUndefined(AssetRequest.check(request))
    }
  })

  it("rejects part counts outside S3's limits and identifies the invalid field", () => {
    for (const parts of [0, -1, 1.5, Number.NaN, 10_001, 21]) {
      const refused = AssetRequest.check({ ...clip, parts })
      assert.deepInclude(refused, { _tag: "PlanRefused", field: "parts" })
      assert.strictEqual(refused?.verdict.retry, "never")
      assert.strictEqual(refused?.verdict.change, "plan")
    }
    assert.strictEqual(AssetRequest.check({ ...clip, parts: 2, filesize: 11 * GiB })?.field, "parts")
  })

  it("rejects invalid values and files that are too large for S3", () => {
    assert.strictEqual(AssetRequest.check({ ...clip, filesize: 5 * 1024 ** 4 + 1 })?.field, "filesize")
    assert.strictEqual(AssetRequest.check({ ...clip, filesize: -1 })?.field, "filesize")
    assert.strictEqual(AssetRequest.check({ ...clip, name: "" })?.field, "name")
    assert.strictEqual(AssetRequest.check({ ...clip, filetype: "mov" })?.field, "filetype")
    assert.strictEqual(AssetRequest.check({ ...clip, channel: -1 })?.field, "channel")
  })

  it("checks a channel against the device's channels if the device lists them", () => {
    const device = { id: "d", channels: [{ externalIndex: 3 }, { externalIndex: 0 }, { externalIndex: null }] }
    assert.isUndefined(AssetRequest.checkChannel(0, device))
    assert.strictEqual(
      AssetRequest.checkChannel(1, device)?.message,
      "channel: this device has no channel 1; its channels are 0, 3",
    )
    for (const silent of [{ id: "d" }, { id: "d", channels: null }, { id: "d", channels: [] }]) {
      assert.isUndefined(AssetRequest.checkChannel(7, silent))
    }
  })

  it("computes the offset as the time from creation to sending, with a minimum of 0", () => {
    assert.strictEqual(AssetRequest.toWire(clip, 90_000).offset, 0)
    assert.strictEqual(AssetRequest.toWire({ ...clip, createdAt: 30_400 }, 90_000).offset, 59)
    assert.strictEqual(AssetRequest.toWire({ ...clip, createdAt: 90_001 }, 90_000).offset, 0)
  })

  it("checks the parts of a recording against S3's limits", () => {
    const part = { number: 1, size: 5 * MiB, isFinal: false }
    const field = (parts: ReadonlyArray<typeof part>, assetFilesize?: number) =>
      AssetRequest.checkRealtimeParts({ parts, ...(assetFilesize === undefined ? {} : { assetFilesize }) })?.field
    assert.isUndefined(field([part, { ...part, number: 10_000 }]))
    assert.isUndefined(field([{ ...part, size: 1, isFinal: true }], 5 * MiB + 1))
    assert.strictEqual(field([]), "parts")
    assert.strictEqual(field([{ ...part, number: 0 }]), "parts")
    assert.strictEqual(field([{ ...part, number: 10_001 }]), "parts")
    assert.strictEqual(field([{ ...part, size: 5 * MiB - 1 }]), "parts")
    assert.strictEqual(field([{ ...part, size: 5 * GiB + 1 }]), "parts")
    assert.strictEqual(field([{ ...part, isFinal: true }]), "assetFilesize")
    assert.strictEqual(field([{ ...part, isFinal: true }], 0), "assetFilesize")
  })
})
