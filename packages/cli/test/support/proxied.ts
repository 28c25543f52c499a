/** A sandbox behind a proxy that changes the storage's responses, and a command that is paired with it. */
import { assert } from "@effect/vitest"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { ConfigProvider, Effect, Fiber, Layer } from "effect"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "./oneRun.ts"
import * as ScaledClock from "./ScaledClock.ts"

const factor = 20

/** The headers of a chunk, or of the storage's response to it, as the proxy forwards them. */
export type Change = (headers: Http.OutgoingHttpHeaders) => Http.OutgoingHttpHeaders

const proxy = (target: string, change: Change, changeRequest: Change) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = Http.createServer((request, response) => {
        const own = `http://${request.headers.host}`
        const received = request.method === "PUT" ? changeRequest(request.headers) : request.headers
        const headers = { ...received, host: new URL(target).host, "accept-encoding": "identity" }
        const forwarded = Http.request(target + request.url, { method: request.method, headers }, (answer) => {
          const chunks: Array<Buffer> = []
          answer.on("data", (chunk: Buffer) => chunks.push(chunk))
          answer.on("end", () => {
            const body = Buffer.from(Buffer.concat(chunks).toString("utf8").replaceAll(target, own))
            const passed = { ...answer.headers, "content-length": String(body.length) }
            response.writeHead(answer.statusCode ?? 500, request.method === "PUT" ? change(passed) : passed).end(body)
          })
        })
        request.pipe(forwarded)
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      }),
  )

/** The arguments of a test. */
export interface Scene {
  readonly home: string
  readonly run: (...args: ReadonlyArray<string>) => Effect.Effect<OneRun.Ran>
  readonly assets: Sandbox["Service"]["assets"]
}

/**
 * Pairs the command with a sandbox behind a proxy, and runs `play`. `run` adds the address of the proxy. `change` edits
 * the responses to chunks, `changeRequest` the chunks.
 */
export const scene = <A, E>(
  change: Change,
  play: (scene: Scene) => Effect.Effect<A, E>,
  changeRequest: Change = (headers) => headers,
) =>
  Effect.gen(function* () {
    const home = yield* Effect.acquireRelease(
      Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-proxied-"))),
      (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
    )
    const sandbox = yield* Sandbox
    const { url } = yield* proxy(sandbox.url, change, changeRequest)
    const command = (args: ReadonlyArray<string>, lines?: OneRun.Lines) =>
      Effect.provideService(
        OneRun.command(args, factor, lines),
        ConfigProvider.ConfigProvider,
        ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: Path.join(home, "state") } }),
      )
    const lines: OneRun.Lines = { stdout: [], stderr: [] }
    const pairing = yield* Effect.forkChild(command(["pair", "--api", url], lines))
    let code: string | undefined
    while (code === undefined && pairing.pollUnsafe() === undefined) {
      yield* Effect.sleep("200 millis")
      code = /enter {2}(\S+)/.exec(lines.stderr.join("\n"))?.[1]
    }
    assert.isTrue(yield* sandbox.approve(code ?? ""))
    assert.strictEqual((yield* Fiber.join(pairing)).exitCode, 0)
    return yield* play({ home, assets: sandbox.assets, run: (...args) => command([...args, "--api", url]) })
  }).pipe(
    Effect.provide(Layer.fresh(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 }))),
    Effect.scoped,
    ScaledClock.provide(factor),
  )
