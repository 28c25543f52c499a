import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/c2c/Diagnosis"

const mebi = 1_048_576
const clip = { name: "clip.mov", filetype: "video/quicktime", filesize: 100 * mebi, offset: 10 }

const request = (body: object, path = "/v2/devices/assets") => ({
  method: "POST",
  url: `https://api.frame.io${path}`,
  headers: {
    authorization: "Bearer EXAMPLEtokenEXAMPLEtoken",
    "content-type": "application/json",
    "x-client-version": "2.0.0",
  },
  body: JSON.stringify(body),
})

const detailed = (status: number, title: string, detail: string) => ({
  status,
  body: JSON.stringify({ code: status, errors: [{ code: status, detail, status, title }], message: title }),
})

const create = (body: object, response: Diagnosis.Exchange["response"] = { status: 500 }) =>
  Diagnosis.explain({ request: request(body), response })

describe("the diagnosis of an asset that Frame.io fails to create", () => {
  it("reports a part count that S3 rejects", () => {
    const plans: ReadonlyArray<readonly [filesize: number, parts: number]> = [
      [100 * mebi, 21], // 4.8 MiB each
      [100 * mebi, 10_001],
      [100 * mebi, 0],
      [100 * mebi, 2.5],
      [6 * 1024 * 1024 * mebi, 1024], // 6 GiB each
    ]
    for (const [filesize, parts] of plans) {
      const { code, confidence } = create({ ...clip, filesize, parts })
      assert.strictEqual(code, "HF-C2C-ASSET-002", `${filesize} in ${parts}`)
      assert.strictEqual(confidence, "likely", "Frame.io may have failed inside as well")
    }
  })

  it("rules out the part count as the cause if S3 accepts it", () => {
    for (const parts of [1, 2, 20]) {
      const { code, ruledOut } = create({ ...clip, parts })
      assert.strictEqual(code, "HF-C2C-SERVICE-004", String(parts))
      assert.include(
        ruledOut.map(({ check }) => check),
        "number of parts",
      )
    }
    assert.strictEqual(create({ ...clip, filesize: 1000, parts: 1 }).code, "HF-C2C-SERVICE-004")
  })

  it("suspects that the device does not have the requested channel", () => {
    const { code, confidence, detail } = create({ ...clip, channel: 7 })
    assert.strictEqual(code, "HF-C2C-ASSET-003")
    assert.strictEqual(confidence, "likely")
    assert.include(detail, "7")
    assert.strictEqual(create({ ...clip, channel: -1 }).confidence, "certain")
    assert.include(create({ ...clip, channel: 0 }).unseen, "the channels of the device")
  })

  it("reads the fields of a form-encoded request", () => {
    const form = new URLSearchParams({ ...clip, filesize: "104857600", offset: "10", parts: "21" }).toString()
    const sent = { ...request({}), headers: { "content-type": "application/x-www-form-urlencoded" }, body: form }
    assert.strictEqual(Diagnosis.explain({ request: sent, response: { status: 500 } }).code, "HF-C2C-ASSET-002")
  })
})

describe("the diagnosis of an asset that Frame.io rejects", () => {
  it("reports media that was created while the channel was paused and must not be resent", () => {
    const paused = detailed(409, "Channel Paused", "The channel you're uploading from is currently paused.")
    for (const response of [paused, { status: 409, body: '{"error":"Channel Paused"}' }]) {
      const { code, confidence, retry } = create(clip, response)
      assert.strictEqual(code, "HF-C2C-ASSET-001")
      assert.strictEqual(confidence, "certain")
      assert.strictEqual(retry.verdict, "never")
    }
    assert.strictEqual(create(clip, { status: 409 }).confidence, "likely")
  })

  it("reports all invalid values", () => {
    const { code, confidence, detail } = create(
      { filetype: "mov", filesize: -1, extension: "mov", offset: 1.5 },
      detailed(422, "Invalid Argument", "filetype is invalid"),
    )
    assert.strictEqual(code, "HF-C2C-ASSET-004")
    assert.strictEqual(confidence, "certain")
    for (const name of ["filetype", "filesize", "extension", "name", "offset"]) assert.include(detail, name)
  })

  it("quotes Frame.io's detail if the request looks valid", () => {
    const { code, confidence, detail } = create(clip, detailed(422, "Invalid Argument", "The name is too long."))
    assert.strictEqual(code, "HF-C2C-ASSET-004")
    assert.strictEqual(confidence, "likely")
    assert.strictEqual(detail, "The name is too long.")
  })

  it("reports a missing asset only if the 404 comes from Frame.io itself", () => {
    const answer = detailed(404, "Not Found", "No such resource.")
    assert.strictEqual(create(clip, answer).code, "HF-C2C-ASSET-006")
    assert.strictEqual(
      create(clip, { status: 404, body: "<html>404 page not found</html>" }).code,
      "HF-C2C-SERVICE-002",
    )
  })
})

describe("the diagnosis of the parts of a realtime upload", () => {
  const path = "/v2/devices/assets/6f1e0f5c-0000-4000-8000-000000000001/realtime_upload/parts"
  const refused = detailed(422, "Invalid Argument", "parts")
  const codeOf = (body: object) => Diagnosis.explain({ request: request(body, path), response: refused }).code
  const part = (number: number, size: number, isFinal = false) => ({ number, size, is_final: isFinal })

  it("checks the parts against S3's limits", () => {
    for (const body of [
      { parts: [part(1, 5 * mebi - 1)] },
      { parts: [part(0, 6 * mebi)] },
      { parts: [part(10_001, 6 * mebi)] },
      { parts: [part(1, 6 * 1024 * mebi)] },
      { parts: [{ number: 1 }] },
      { parts: [part(3, 100, true)] },
      {},
    ]) {
      assert.strictEqual(codeOf(body), "HF-C2C-ASSET-005", JSON.stringify(body))
    }
  })

  it("allows a small final part if the total size is stated", () => {
    const body = { parts: [part(2, 6 * mebi), part(3, 100, true)], asset_filesize: 12 * mebi + 100 }
    assert.strictEqual(codeOf(body), "HF-C2C-ASSET-004")
  })

  it("requires JSON", () => {
    const sent = { ...request({}, path), headers: {}, body: "is_final=true&number=1" }
    assert.strictEqual(Diagnosis.explain({ request: sent, response: refused }).code, "HF-C2C-ASSET-007")
  })
})

describe("the diagnosis of a creation without a response", () => {
  const lost = (more: Diagnosis.Exchange) => Diagnosis.explain({ request: request(clip), ...more })

  it("asks the user before repeating the creation, because it may have succeeded", () => {
    for (const failure of ["ECONNRESET", "EPIPE", "UND_ERR_HEADERS_TIMEOUT", "RequestTimedOut"]) {
      const { code, confidence, retry } = lost({ failure })
      assert.strictEqual(code, "HF-C2C-ASSET-008", failure)
      assert.strictEqual(confidence, "certain")
      assert.strictEqual(retry.verdict, "never")
      assert.strictEqual(retry.change, "human")
    }
    for (const status of [502, 504]) assert.strictEqual(lost({ response: { status } }).code, "HF-C2C-ASSET-008")
  })

  it("rules out that the creation succeeded if the connection was refused or Frame.io itself rejected the request", () => {
    assert.notStrictEqual(lost({ failure: "connect ECONNREFUSED" }).code, "HF-C2C-ASSET-008")
    assert.strictEqual(lost({ failure: "connect ECONNREFUSED" }).retry.verdict, "always")
    assert.notStrictEqual(lost({ response: { status: 503 } }).code, "HF-C2C-ASSET-008")
    assert.notStrictEqual(lost({ response: detailed(502, "Bad Gateway", "no") }).code, "HF-C2C-ASSET-008")
  })

  it("does not diagnose a lost creation request if a different call received no response", () => {
    const { code } = Diagnosis.explain({ request: request({}, "/v2/devices/heartbeat"), failure: "ECONNRESET" })
    assert.notStrictEqual(code, "HF-C2C-ASSET-008")
  })
})
