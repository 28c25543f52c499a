import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ask, send } from "./support/raw.ts"
import { pair, post, prepare, put, version } from "./support/device.ts"

const calm = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1, chunkSize: 64 })
/** The body that curl sends for `--form`. */
const multipart = (fields: Readonly<Record<string, string>>) => ({
  headers: { ...version, "content-type": "multipart/form-data; boundary=----curl" },
  body: `${Object.entries(fields)
    .map(([name, value]) => `------curl\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join("")}------curl--\r\n`,
})

describe("the two curl commands of Frame.io's error guide", () => {
  it.effect("responds to an invalid client secret with 400 and exactly Frame.io's simple payload", () =>
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

  it.effect(
    "responds to a heartbeat that has an invalid token with 409 and the detailed payload, with keys in Frame.io's order",
    () =>
      Effect.gen(function* () {
        const answer = yield* post("/v2/devices/heartbeat", {
          headers: { authorization: "Bearer bad-token", "x-client-version": "2.0.0" },
        })
        assert(answer._tag === "Response")
        assert.strictEqual(answer.status, 409)
        // The output of `python -m json.tool`, as Frame.io's error guide prints it.
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

  it.effect.each([[[]], [["2.0"]], [["2.0.0", "2.0.0"]], [["v2.0.0"]]])(
    "rejects %j as a client version",
    ([versions]) =>
      Effect.gen(function* () {
        const answer = yield* heartbeatWith(versions as Array<string>)
        assert.strictEqual(answer.status, 400)
        assert.strictEqual(answer.body, '{"error":"Invalid client version"}')
      }),
  )

  it.effect("accepts exactly one semantic version and responds with 204 and no body", () =>
    Effect.gen(function* () {
      const answer = yield* heartbeatWith(["2.16.4-beta.1+build.7"])
      assert.deepStrictEqual([answer.status, answer.body], [204, ""])
    }),
  )
})

describe("an unknown path or method", () => {
  it.effect("responds with 404 to an unknown path and with 405 to a known path with an unsupported method", () =>
    Effect.gen(function* () {
      const { url } = yield* Sandbox
      assert.strictEqual((yield* ask(`${url}/v2/devices/comments`)).status, 404)
      assert.strictEqual((yield* ask(`${url}/v2/devices/heartbeat`)).status, 405)
    }).pipe(Effect.provide(calm)),
  )
})

describe("Sandbox.layer", () => {
  it.effect("reports that a port is in use", () =>
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

  it.effect("reports a storage error if the directory cannot be created", () =>
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

  it.effect("keeps the files that earlier runs stored in a directory, whatever the seed", () =>
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

  it.effect("stops the server, closes its connections and deletes its temporary folder when its scope closes", () =>
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
