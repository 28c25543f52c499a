import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { dirname } from "node:path"
import { chunkHeaders, prepare, put } from "../support/device.ts"
import { send } from "../support/raw.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, chunkSize: 4 })
const bytes = new TextEncoder().encode("abcdefghij")
const md5 = (data: Uint8Array) => `"${createHash("md5").update(data).digest("hex")}"`
const code = (answer: { readonly body?: string }) => /<Code>(.*?)<\/Code>/.exec(answer.body ?? "")?.[1]

describe("chunks", () => {
  it.effect("returns the MD5 of the chunk as its ETag, and stores the file that the client sent", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(10)
      const { assets } = yield* Sandbox
      const send = (index: number, data = bytes.subarray(index * 4, index * 4 + 4)) =>
        Effect.map(put(urls[index] ?? "", data), (answer) => {
          assert(answer._tag === "Response" && answer.status === 200)
          assert.strictEqual(answer.headers["etag"], md5(data))
        })
      yield* send(2)
      yield* send(0, new Uint8Array([0, 0, 0, 0]))
      const [partial] = yield* assets
      assert.deepStrictEqual([partial?.received, partial?.complete, partial?.sha256], [2, false, ""])
      yield* send(1)
      const [wrong] = yield* assets
      // A chunk that is sent again replaces the earlier one even after the file was assembled.
      yield* send(0)
      const [stored] = yield* assets
      assert.notStrictEqual(wrong?.sha256, stored?.sha256)
      assert(stored !== undefined)
      assert.strictEqual(stored.sha256, createHash("sha256").update(bytes).digest("hex"))
      assert.strictEqual(readFileSync(stored.path, "utf8"), "abcdefghij")
      assert.deepStrictEqual([stored.chunks, stored.received, stored.bytes, stored.complete], [3, 3, 10, true])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("stores an empty file as one empty chunk", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(0)
      yield* put(urls[0] ?? "", new Uint8Array())
      const [stored] = yield* (yield* Sandbox).assets
      assert.deepStrictEqual([stored?.complete, stored?.bytes], [true, 0])
      assert.strictEqual(stored?.sha256, createHash("sha256").digest("hex"))
    }).pipe(Effect.provide(calm)),
  )

  it.effect("leaves an asset incomplete if the sizes of its chunks do not add up to the file's size", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      yield* put(urls[0] ?? "", bytes.subarray(0, 3))
      const [stored] = yield* (yield* Sandbox).assets
      assert.deepStrictEqual([stored?.received, stored?.complete], [1, false])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("stores a file inside its folder even if its name points outside the folder", () =>
    Effect.gen(function* () {
      yield* prepare(1, "../../etc/passwd")
      const [stored] = yield* (yield* Sandbox).assets
      assert.strictEqual(stored?.path.endsWith(`${stored.id}/_.._etc_passwd`), true)
    }).pipe(Effect.provide(calm)),
  )

  it.effect("does not keep a chunk or a temporary file from an interrupted body", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const url = new URL(urls[0] ?? "")
      const socket = connect(Number(url.port), "127.0.0.1")
      const { assets } = yield* Sandbox
      const [before] = yield* assets
      const folder = dirname(before?.path ?? "")
      socket.write(
        `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: video/mp4\r\nx-amz-acl: private\r\nContent-Length: 4\r\n\r\nab`,
      )
      yield* until(() => readdirSync(folder).length === 1)
      socket.destroy()
      yield* until(() => readdirSync(folder).length === 0)
      const [stored] = yield* assets
      assert.strictEqual(stored?.received, 0)
    }).pipe(Effect.provide(calm)),
  )
})

describe("incomplete or malformed requests", () => {
  /** Writes to a raw socket, and returns all bytes that arrive until the server ends the connection. */
  const converse = (write: (url: URL) => string) =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const url = new URL(urls[0] ?? "")
      return yield* Effect.callback<string>((resume) => {
        const socket = connect({ port: Number(url.port), host: "127.0.0.1", allowHalfOpen: true })
        let text = ""
        socket.on("data", (data) => {
          text += data.toString()
        })
        socket.on("end", () => resume(Effect.succeed(text)))
        socket.end(write(url))
        return Effect.sync(() => socket.destroy())
      })
    })
  const start = (url: URL) =>
    `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: video/mp4\r\nx-amz-acl: private\r\nContent-Length: 4\r\n\r\n`

  it.effect("sends IncompleteBody to a client that half-closes the connection early", () =>
    Effect.gen(function* () {
      const answer = yield* converse((url) => `${start(url)}ab`)
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/)
      assert.strictEqual(code({ body: answer }), "IncompleteBody")
      assert.strictEqual((yield* (yield* Sandbox).assets)[0]?.received, 0)
    }).pipe(Effect.provide(calm)),
  )

  it.effect("sends a 400 without a body to a client that does not speak HTTP", () =>
    Effect.gen(function* () {
      const answer = yield* converse((url) => `${start(url)}abcdand then nonsense\r\n\r\n`)
      assert.match(answer, /HTTP\/1\.1 400 Bad Request\r\nConnection: close\r\n\r\n$/)
    }).pipe(Effect.provide(calm)),
  )
})

describe("signed URLs", () => {
  const refused = (
    change: (url: URL) => void,
    headers: Readonly<Record<string, string>> = chunkHeaders,
    method = "PUT",
  ) =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const url = new URL(urls[0] ?? "")
      change(url)
      const answer = yield* send(url.href, { method, headers: { ...headers, "content-length": 4 }, body: "abcd" })
      assert(answer._tag === "Response")
      return answer
    }).pipe(Effect.provide(calm))
  const nothing = () => {}

  it.effect("rejects a PUT that has a different content type, lacks the acl or is sent to another chunk", () =>
    Effect.gen(function* () {
      const type = yield* refused(nothing, { ...chunkHeaders, "content-type": "video/quicktime" })
      const acl = yield* refused(nothing, { "content-type": "video/mp4" })
      const path = yield* refused((url) => {
        url.pathname = url.pathname.replace(/\d+$/, "2")
      })
      const life = yield* refused((url) => url.searchParams.set("X-Amz-Expires", "604800"))
      for (const answer of [type, acl, path, life]) {
        assert.deepStrictEqual([answer.status, code(answer)], [403, "SignatureDoesNotMatch"])
        assert.strictEqual(answer.headers["content-type"], "application/xml")
      }
      // The elements that show a person what differed.
      assert.match(type.body, /<CanonicalRequest>PUT\n\/parts[^]*content-type:video\/quicktime\n/)
      for (const name of ["AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "RequestId"]) {
        assert.include(type.body, `<${name}>`)
      }
    }),
  )

  it.effect("responds with S3's error codes to unsigned and half-signed URLs, and to URLs with an unknown key id", () =>
    Effect.gen(function* () {
      const unsigned = yield* refused((url) => {
        url.search = ""
      })
      const half = yield* refused((url) => url.searchParams.delete("X-Amz-Date"))
      const long = yield* refused((url) => url.searchParams.set("X-Amz-Expires", "604801"))
      const foreign = yield* refused((url) => {
        url.searchParams.set("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request")
      })
      assert.deepStrictEqual(
        [unsigned, half, long, foreign].map((answer) => [answer.status, code(answer)]),
        [
          [403, "AccessDenied"],
          [400, "AuthorizationQueryParametersError"],
          [400, "AuthorizationQueryParametersError"],
          [403, "InvalidAccessKeyId"],
        ],
      )
    }),
  )

  it.effect("accepts a signed URL for 24 hours, and then reports when it expired", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      yield* TestClock.adjust("24 hours")
      const inTime = yield* put(urls[0] ?? "", bytes.subarray(0, 4))
      assert.strictEqual(inTime._tag === "Response" && inTime.status, 200)
      yield* TestClock.adjust("1 second")
      const late = yield* put(urls[0] ?? "", bytes.subarray(0, 4))
      assert(late._tag === "Response")
      assert.deepStrictEqual([late.status, code(late)], [403, "AccessDenied"])
      assert.include(
        late.body,
        "<Message>Request has expired</Message><X-Amz-Expires>86400</X-Amz-Expires>" +
          "<Expires>1970-01-02T00:00:00Z</Expires><ServerTime>1970-01-02T00:00:01Z</ServerTime>",
      )
    }).pipe(Effect.provide(calm)),
  )

  it.effect("sends an error before reading the body if the client expects 100 Continue", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const probe = (url: string) =>
        send(url, {
          method: "PUT",
          headers: { ...chunkHeaders, "content-length": 4 },
          expectContinue: true,
          body: "abcd",
        })
      const good = yield* probe(urls[0] ?? "")
      assert.strictEqual(good._tag === "Response" && good.status, 200)
      yield* TestClock.adjust("25 hours")
      // The client sends its body only after a 100. A response without it proves that the server did not need the body.
      let continued = false
      const refusal = yield* Effect.callback<number>((resume) => {
        const url = new URL(urls[0] ?? "")
        const socket = connect(Number(url.port), "127.0.0.1")
        socket.on("data", (data) => {
          const line = data.toString().split("\r\n")[0] ?? ""
          if (line.includes(" 100 ")) continued = true
          else resume(Effect.succeed(Number(line.split(" ")[1])))
        })
        socket.write(
          `PUT ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: video/mp4\r\nx-amz-acl: private\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
        )
        return Effect.sync(() => socket.destroy())
      })
      assert.deepStrictEqual([refusal, continued], [403, false])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("does not accept a URL that an earlier run with the same seed issued", () =>
    Effect.gen(function* () {
      const run = <A, E>(port: number, effect: Effect.Effect<A, E, Sandbox>) =>
        Effect.provide(effect, Sandbox.layer({ port, plan: FaultPlan.named.calm, seed: 1, chunkSize: 4 }))
      const earlier = yield* run(0, prepare(8))
      const port = Number(new URL(earlier.urls[0] ?? "").port)
      const answers = yield* run(
        port,
        Effect.gen(function* () {
          const before = yield* put(earlier.urls[0] ?? "", bytes.subarray(0, 4))
          const { id } = yield* prepare(4)
          assert.strictEqual(id, earlier.id)
          return [before, yield* put(earlier.urls[1] ?? "", bytes.subarray(0, 4))]
        }),
      )
      for (const answer of answers) {
        assert(answer._tag === "Response")
        assert.deepStrictEqual([answer.status, code(answer)], [404, "NoSuchKey"])
      }
    }),
  )

  it.effect("rejects a body of unknown length", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const answer = yield* send(urls[0] ?? "", {
        method: "PUT",
        headers: { ...chunkHeaders, "transfer-encoding": "chunked" },
        body: "abcd",
      })
      assert(answer._tag === "Response")
      assert.deepStrictEqual([answer.status, code(answer)], [411, "MissingContentLength"])
    }).pipe(Effect.provide(calm)),
  )
})

describe("a failing disk", () => {
  it.effect("responds to the client with S3's InternalError if the disk fails", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const [stored] = yield* (yield* Sandbox).assets
      const folder = dirname(stored?.path ?? "")
      // A file in place of the folder: not even root can write below it.
      rmSync(folder, { recursive: true })
      writeFileSync(folder, "")
      const answer = yield* put(urls[0] ?? "", bytes.subarray(0, 4))
      assert(answer._tag === "Response")
      assert.deepStrictEqual([answer.status, code(answer)], [500, "InternalError"])
      // The program that started the sandbox gets the reason.
      const error = yield* Effect.flip((yield* Sandbox).diskFailure)
      assert.deepStrictEqual([error._tag, error.operation], ["StorageError", "write"])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("fails with a typed error if the disk fails while the program is requesting the stored assets", () =>
    Effect.gen(function* () {
      const { urls } = yield* prepare(4)
      const { assets } = yield* Sandbox
      const path = (yield* assets)[0]?.path ?? ""
      mkdirSync(path)
      yield* put(urls[0] ?? "", bytes.subarray(0, 4))
      const error = yield* Effect.flip(assets)
      assert.strictEqual(error._tag, "StorageError")
    }).pipe(Effect.provide(calm)),
  )
})

const until = (condition: () => boolean) =>
  Effect.gen(function* () {
    while (!condition()) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  })
