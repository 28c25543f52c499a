import { assert, describe, it } from "@effect/vitest"
import { C2cClient, UploadUrlRefused } from "@holdfast/c2c"
import * as UploadUrls from "@holdfast/c2c/UploadUrls"
import { Effect, Redacted } from "effect"
import * as Api from "./support/fakeApi.ts"

const frameIo = "https://api.frame.io"
const sandbox = "http://127.0.0.1:8080"
const s3 = "https://frameio-uploads.s3-accelerate.amazonaws.com/parts/1?X-Amz-Signature=canary"

const numbered = (part: number) => `${s3}&partNumber=${part}`

const check = (api: string, urls: ReadonlyArray<string>, parts?: number) =>
  UploadUrls.check(
    api,
    urls.map((url) => Redacted.make(url)),
    parts,
  )

describe("UploadUrls", () => {
  it("accepts https URLs for public hosts, and http URLs for this machine if the API is on this machine", () => {
    assert.isUndefined(check(frameIo, [s3, "https://192.0.2.7:8443/k", "https://[2001:db8::1]/k"]))
    for (const url of [
      "http://127.0.0.1:9000/k",
      "http://localhost/k",
      "http://[::1]:8080/k",
      "https://10.0.0.7/k",
      s3,
    ]) {
      assert.isUndefined(check(sandbox, [url]), url)
    }
    // A studio's own API and its storage, in the same network.
    assert.isUndefined(check("https://10.0.0.5", ["https://192.168.7.7/k", s3]))
  })

  it("rejects every URL that is invalid or would send footage unencrypted or to another network", () => {
    const refused: ReadonlyArray<readonly [api: string, url: string, reason: RegExp]> = [
      [frameIo, "http://s3.amazonaws.com/k", /could be read in transit/],
      [sandbox, "http://s3.amazonaws.com/k", /could be read in transit/],
      [sandbox, "http://192.168.0.9/k", /could be read in transit/],
      [sandbox, "http://127.0.0.1.example/k", /could be read in transit/],
      [frameIo, "http://127.0.0.1:8080/k", /this machine/],
      [frameIo, "file:///etc/passwd", /only https/],
      [frameIo, "ftp://s3.amazonaws.com/k", /only https/],
      [frameIo, "javascript:alert(1)", /only https/],
      [frameIo, "data:text/plain,x", /only https/],
      [frameIo, "https://usr:canary@s3.amazonaws.com/k", /user name/],
      [sandbox, "http://usr@127.0.0.1/k", /user name/],
      [sandbox, "http://127.0.0.1:22/k", /port 22/],
      [frameIo, "https://s3.amazonaws.com:25/k", /port 25/],
      [frameIo, "https://127.0.0.1/k", /this machine/],
      [frameIo, "https://0x7f.1/k", /this machine/],
      [frameIo, "https://[::ffff:127.0.0.1]/k", /this machine/],
      [frameIo, "https://localhost./k", /this machine/],
      [frameIo, "https://a.localhost/k", /this machine/],
      [frameIo, "https://169.254.169.254/latest/meta-data", /private/],
      [frameIo, "https://10.1.2.3/k", /private/],
      [frameIo, "https://172.31.0.1/k", /private/],
      [frameIo, "https://192.168.1.1/k", /private/],
      [frameIo, "https://100.64.0.1/k", /private/],
      [frameIo, "https://[fd00::1]/k", /private/],
      [frameIo, "https://[fe80::1]/k", /private/],
      [frameIo, "https://metadata.google.internal/k", /private/],
      [frameIo, "https://printer.local/k", /private/],
      ["https://10.0.0.5", "https://127.0.0.1/k", /this machine/],
      [frameIo, "/parts/1", /is not absolute/],
      [frameIo, "not a url", /is not absolute/],
      [frameIo, `${s3}\r\nX-Injected: 1`, /is not absolute/],
      [frameIo, " https://s3.amazonaws.com/k", /is not absolute/],
      [frameIo, "", /is not absolute/],
    ]
    for (const [api, url, reason] of refused) {
      const error = check(api, [s3, url])
      assert.instanceOf(error, UploadUrlRefused, url)
      assert.strictEqual(error.index, 1)
      assert.match(error.reason, reason)
      assert.deepInclude(error.verdict, { retry: "never", change: "human" })
    }
  })

  it("includes the scheme, host and port of a rejected URL in the error, but not its path, query or password", () => {
    const error = check(frameIo, ["http://usr:canary@s3.example:81/canary?X-Amz-Signature=canary"])
    assert.strictEqual(error?.origin, "http://s3.example:81")
    assert.notInclude(JSON.stringify(error) + error?.message, "canary")
    assert.notInclude(JSON.stringify(check(frameIo, ["javascript:canary()"])), "canary")
  })

  it("rejects two URLs for the same object, because the second chunk would overwrite the first", () => {
    const part =
      "https://b.s3.amazonaws.com/clip%2Fa?partNumber=1&uploadId=u&X-Amz-Date=20260101T000000Z&X-Amz-Signature=1"
    for (const same of [
      part,
      `${part}#2`,
      part.replace("clip%2Fa", "clip%2fa"),
      part.replace("clip%2Fa", "cli%70%2Fa"),
      part.replace("Signature=1", "Signature=2").replace("20260101", "20260102"),
      part.replace("partNumber=1&uploadId=u", "uploadId=u&partNumber=1"),
    ]) {
      assert.match(check(frameIo, [part, s3, same])?.reason ?? "", /same object/, same)
    }
    const v2 = "https://b.example/k?AWSAccessKeyId=A&Expires=1&Signature="
    assert.match(check(frameIo, [`${v2}1`, `${v2}2`])?.reason ?? "", /same object/)
    for (const other of [
      part.replace("partNumber=1", "partNumber=2"),
      part.replace("uploadId=u", "uploadId=v"),
      part.replace("clip%2Fa", "clip%2Fb"),
      part.replace("b.s3", "c.s3"),
      part.replace("clip%2Fa", "clip%2Fa%E0"),
    ]) {
      assert.isUndefined(check(frameIo, [part, other]), other)
    }
    // Parameters that are not part of a signature may distinguish the chunks.
    assert.isUndefined(check(frameIo, ["https://b.example/put?token=1", "https://b.example/put?token=2"]))
  })

  it("rejects the URLs if their number differs from the requested number or exceeds S3's limit for parts", () => {
    assert.isUndefined(check(frameIo, [s3, numbered(2)], 2))
    assert.match(check(frameIo, [s3], 2)?.reason ?? "", /2 were requested, 1 returned/)
    const many = Array.from({ length: 10_001 }, (_, index) => numbered(index))
    assert.isUndefined(check(frameIo, many.slice(1)))
    assert.match(check(frameIo, many)?.reason ?? "", /10 000 parts/)
  })

  it.effect("fails an asset creation that returns unsafe URLs before any byte is sent", () =>
    Effect.gen(function* () {
      const api = Api.make((route) =>
        route === "POST /v2/devices/assets"
          ? Api.json(201, { id: "a1", upload_urls: ["https://s3.example/1", "http://s3.example/2"] })
          : undefined,
      )
      const clip = { name: "A001.mov", filetype: "video/quicktime", filesize: 21_136_250 }
      const error = yield* C2cClient.use((client) => Effect.flip(client.createAsset(clip))).pipe(
        Effect.provide(Api.layer(api)),
      )
      assert.strictEqual(error._tag, "UploadUrlRefused")
      assert.strictEqual(api.to("POST /v2/devices/assets").length, 1)
    }),
  )

  it.effect("rejects unsafe URLs for a recording", () =>
    Effect.gen(function* () {
      const api = Api.make((route) =>
        route === "POST /v2/devices/assets/a1/realtime_upload/parts"
          ? Api.json(200, { upload_urls: ["http://s3.example/1"] })
          : undefined,
      )
      const parts = [{ number: 1, size: 6 * 1024 ** 2, isFinal: false }]
      const error = yield* C2cClient.use((client) => Effect.flip(client.realtimeParts("a1", { parts }))).pipe(
        Effect.provide(Api.layer(api)),
      )
      assert.strictEqual(error._tag, "UploadUrlRefused")
    }),
  )
})
