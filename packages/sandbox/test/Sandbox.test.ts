import { FaultPlan, Sandbox, StoredAsset } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { Agent, createServer } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type RawResponse, ask, type Broken, send } from "./support/raw.ts"
import {
  bearer,
  createAsset,
  deviceCode,
  deviceGrant,
  form,
  json,
  pair,
  post,
  prepare,
  put,
  refresh,
  tokens,
  version,
} from "./support/device.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, chunkSize: 64 })
const scopes = { scope: "asset_create offline" }

/** What curl sends for `--form`. */
const multipart = (fields: Readonly<Record<string, string>>) => ({
  headers: { ...version, "content-type": "multipart/form-data; boundary=----curl" },
  body: `${Object.entries(fields)
    .map(([name, value]) => `------curl\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}------curl--\r\n`,
})

describe("the guide's two curl commands", () => {
  it.effect("a bad client secret answers 400 and the simple payload, byte for byte", () =>
    Effect.gen(function* () {
      const answer = yield* post(
        "/v2/auth/device/code",
        multipart({ client_id: "Some-Client-ID", client_secret: "bad_secret", scope: "asset_create offline" }),
      )
      assert(answer._tag === "Response")
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.body, '{"error":"invalid_client"}')
    }).pipe(Effect.provide(calm)),
  )

  it.effect("a bad token at the heartbeat answers 409 and the detailed payload, keys in the guide's order", () =>
    Effect.gen(function* () {
      const answer = yield* post("/v2/devices/heartbeat", {
        headers: { authorization: "Bearer bad-token", "x-client-version": "2.0.0" },
      })
      assert(answer._tag === "Response")
      assert.strictEqual(answer.status, 409)
      // What `python -m json.tool` makes of it, as the guide prints it.
      assert.strictEqual(
        JSON.stringify(JSON.parse(answer.body), null, 4),
        `{
    "code": 409,
    "errors": [
        {
            "code": 409,
            "detail": "The channel you're uploading from is currently paused.",
            "status": 409,
            "title": "Channel Paused"
        }
    ],
    "message": "Channel Paused"
}`,
      )
    }).pipe(Effect.provide(calm)),
  )
})

describe("x-client-version", () => {
  const heartbeatWith = (versions: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      const answer = yield* post("/v2/devices/heartbeat", {
        headers: {
          authorization: `Bearer ${access_token}`,
          ...(versions.length > 0 && { "x-client-version": versions }),
        },
      })
      assert(answer._tag === "Response")
      return answer
    }).pipe(Effect.provide(calm))

  it.effect.each([[[]], [["2.0"]], [["2.0.0", "2.0.0"]], [["v2.0.0"]]])("%j is not a client version", ([versions]) =>
    Effect.gen(function* () {
      const answer = yield* heartbeatWith(versions as Array<string>)
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.body, '{"error":"Invalid client version"}')
    }),
  )

  it.effect("a semantic version, once, is let through to a 204 without a body", () =>
    Effect.gen(function* () {
      const answer = yield* heartbeatWith(["2.16.4-beta.1+build.7"])
      assert.deepStrictEqual([answer.status, answer.body], [204, ""])
    }),
  )
})

describe("pairing", () => {
  const poll = (deviceCode: string) =>
    post("/v2/auth/token", form({ grant_type: deviceGrant, device_code: deviceCode }))
  const told = (answer: RawResponse | Broken) => [answer.status, json(answer)["error"]]

  it.effect("a code is pending until the person agrees, and gives tokens once", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const code = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      assert.match(code.user_code, /^\d{6}$/)
      assert.strictEqual(code.interval, 1)
      assert.strictEqual(code.expires_in, 120)
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "authorization_pending"])
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "slow_down"])

      const page = yield* ask(code.verification_uri_complete)
      assert.include(page.body, `value="${code.user_code}"`)
      const agreed = yield* ask(code.verification_uri, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `user_code=${code.user_code}&decision=approve`,
      })
      assert.deepStrictEqual([agreed.status, agreed.body.includes("Device connected")], [200, true])
      yield* TestClock.adjust("1 second")
      const given = yield* poll(code.device_code)
      assert.strictEqual(given.status, 200)
      assert.deepStrictEqual(Object.keys(json(given)), ["access_token", "expires_in", "refresh_token", "token_type"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(told(yield* poll(code.device_code)), [400, "invalid_request"])
    }).pipe(Effect.provide(calm)),
  )

  it.effect("a refusal is access_denied with 401, and a code ends after two minutes", () =>
    Effect.gen(function* () {
      const { url, approve, deny } = yield* Sandbox
      const first = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      assert.isTrue(yield* deny(first.user_code))
      assert.isFalse(yield* approve(first.user_code))
      assert.deepStrictEqual(told(yield* poll(first.device_code)), [401, "access_denied"])

      const second = deviceCode(yield* ask(`${url}/v2/auth/device/code`, form(scopes)))
      yield* TestClock.adjust("121 seconds")
      assert.deepStrictEqual(told(yield* poll(second.device_code)), [400, "expired_token"])
      assert.isFalse(yield* approve(second.user_code))
    }).pipe(Effect.provide(calm)),
  )

  it.effect("a wrong code on the page says so, and what was typed comes back escaped", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const wrong = yield* ask(`${url}/device`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "user_code=000000&decision=approve",
      })
      assert.strictEqual(wrong.status, 404)
      assert.include(wrong.body, 'role="alert"')
      const hostile = yield* ask(`${url}/device?user_code=${encodeURIComponent('"><script>')}`)
      assert.notInclude(hostile.body, "<script>")
    }).pipe(Effect.provide(calm)),
  )

  it.effect("a second code on the same connection is slow_down, on a new one it is a code", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent({ keepAlive: true, maxSockets: 1 })),
        (agent) => Effect.sync(() => agent.destroy()),
      )
      const first = yield* ask(`${url}/v2/auth/device/code`, { ...form(scopes), agent })
      const second = yield* ask(`${url}/v2/auth/device/code`, { ...form(scopes), agent })
      const third = yield* ask(`${url}/v2/auth/device/code`, form(scopes))
      assert.deepStrictEqual([first.status, second.status, third.status], [200, 400, 200])
      assert.strictEqual(second.body, '{"error":"slow_down"}')
    }).pipe(Effect.provide(calm)),
  )

  it.effect("grants that nobody knows, other content types and missing scopes are refused", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(told(yield* post("/v2/auth/token", form({ grant_type: "password" }))), [
        400,
        "invalid_grant",
      ])
      assert.deepStrictEqual(told(yield* post("/v2/auth/device/code", form({}))), [400, "invalid_request"])
      const answer = yield* post("/v2/auth/token", {
        headers: { ...version, "content-type": "application/json" },
        body: "{}",
      })
      assert.strictEqual(answer._tag === "Response" && answer.status, 415)
    }).pipe(Effect.provide(calm)),
  )
})

describe("tokens", () => {
  const me = (token: string) =>
    Effect.flatMap(Sandbox, ({ url }) =>
      Effect.map(ask(`${url}/v2/devices/me`, { headers: bearer(token) }), (a) => a.status),
    )

  it.effect("a refresh gives a new pair, ends the old one, and works once", () =>
    Effect.gen(function* () {
      const old = yield* pair
      assert.strictEqual(yield* me(old.access_token), 200)
      const answer = yield* refresh(old.refresh_token)
      assert(answer._tag === "Response" && answer.status === 200)
      const fresh = tokens(answer)
      assert.deepStrictEqual([yield* me(old.access_token), yield* me(fresh.access_token)], [401, 200])
      const again = yield* refresh(old.refresh_token)
      assert(again._tag === "Response")
      assert.deepStrictEqual([again.status, again.body], [400, '{"error":"invalid_request"}'])
      assert.strictEqual(yield* me(fresh.access_token), 200)
    }).pipe(Effect.provide(calm)),
  )

  it.effect("an access token ends with its life, and a revoked one at once", () =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      yield* TestClock.adjust("7 hours")
      assert.strictEqual(yield* me(access_token), 200)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* me(access_token), 401)
      const others = yield* pair
      yield* post("/v2/auth/revoke", form({ token: others.access_token }))
      assert.strictEqual(yield* me(others.access_token), 401)
      const answer = yield* refresh(others.refresh_token)
      assert.strictEqual(answer._tag === "Response" && answer.status, 400)
    }).pipe(Effect.provide(calm)),
  )
})

describe("assets", () => {
  const created = (fields: Readonly<Record<string, unknown>>) =>
    Effect.gen(function* () {
      const { access_token } = yield* pair
      const answer = yield* createAsset(access_token, fields)
      assert(answer._tag === "Response")
      return answer
    }).pipe(Effect.provide(calm))

  it.effect("a file gets as few URLs as the chunk size allows, and at least one", () =>
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

  it.effect("an urlencoded form makes an asset too", () =>
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
  ])("$fields answers $status", ({ fields, status }) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* created(fields)).status, status)
    }),
  )

  it.effect("realtime parts are named late, come in any order, and are put together by number", () =>
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

  it.effect("what the server holds can be asked for over HTTP, by a client that saw it is a sandbox", () =>
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

describe("elsewhere", () => {
  it.effect("a path that is not there is 404, another method on one that is, 405", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      assert.strictEqual((yield* ask(`${url}/v2/devices/comments`)).status, 404)
      assert.strictEqual((yield* ask(`${url}/v2/devices/heartbeat`)).status, 405)
    }).pipe(Effect.provide(calm)),
  )
})

describe("the layer", () => {
  it.effect("a port that is in use is said so", () =>
    Effect.gen(function* () {
      const port = yield* Effect.acquireRelease(
        Effect.callback<number>((resume) => {
          const server = createServer().listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
            occupied.add(server)
          })
        }),
        () => Effect.sync(() => occupied.forEach((server) => server.close())),
      )
      const error = yield* Effect.flip(
        Effect.scoped(Layer.build(Sandbox.layer({ port, plan: FaultPlan.named.calm, seed: 1 }))),
      )
      assert.strictEqual(error._tag, "PortInUse")
      assert.include(error.message, String(port))
    }),
  )

  it.effect("a directory that cannot be made is a storage error", () =>
    Effect.gen(function* () {
      const folder = mkdtempSync(join(tmpdir(), "holdfast-test-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true })))
      writeFileSync(join(folder, "file"), "")
      const directory = join(folder, "file", "below")
      const error = yield* Effect.flip(
        Effect.scoped(Layer.build(Sandbox.layer({ directory, plan: FaultPlan.named.calm, seed: 1 }))),
      )
      assert(error._tag === "StorageError")
      assert.strictEqual(error.path, directory)
    }),
  )

  it.effect("a folder that is kept keeps what earlier runs stored, whatever the seed", () =>
    Effect.gen(function* () {
      const directory = mkdtempSync(join(tmpdir(), "holdfast-test-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
      const run = (byte: number) =>
        Effect.gen(function* () {
          const { urls } = yield* prepare(1)
          yield* put(urls[0] ?? "", new Uint8Array([byte]))
          return (yield* (yield* Sandbox).assets)[0]?.path ?? ""
        }).pipe(Effect.provide(Sandbox.layer({ directory, plan: FaultPlan.named.calm, seed: 1 })))
      const paths = [yield* run(1), yield* run(2)]
      assert.deepStrictEqual(
        paths.map((path) => [...readFileSync(path)]),
        [[1], [2]],
      )
    }),
  )

  it.effect("closing it ends the server, its connections and its temporary folder", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(calm, scope)
      const { url, path } = yield* Effect.provide(
        Effect.gen(function* () {
          const sandbox = yield* Sandbox
          const { urls } = yield* prepare(1)
          yield* put(urls[0] ?? "", new Uint8Array([1]))
          return { url: sandbox.url, path: (yield* sandbox.assets)[0]?.path ?? "" }
        }),
        context,
      )
      assert.isTrue(existsSync(path))
      const idle = connect(Number(new URL(url).port), "127.0.0.1")
      yield* Effect.callback<void>((resume) => {
        idle.once("connect", () => resume(Effect.void))
      })
      const closed = new Promise<void>((resolve) => idle.once("close", () => resolve()))
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => closed)
      assert.deepStrictEqual(yield* send(`${url}/health`), { _tag: "Broken", code: "ECONNREFUSED" })
      assert.isFalse(existsSync(path))
    }),
  )
})

const occupied = new Set<ReturnType<typeof createServer>>()
