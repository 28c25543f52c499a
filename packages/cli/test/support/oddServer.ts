/** Runs a command that uses a token file against a test server whose responses the test chooses by path. */
import { assert } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import * as OneRun from "./oneRun.ts"

/** A response: status and body (JSON, or HTML as a string), or no response at all. */
export type OddAnswer = readonly [status: number, body: unknown] | "hangs" | "resets"

export const pair = { version: 1, accessToken: "access-1", refreshToken: "refresh-1", expiresAt: 1_000 }

export interface Scene {
  /** Responses by method and path. Other requests get a 404. */
  readonly answers: Readonly<Record<string, OddAnswer>>
  /** The content of the token file; `null` means no file. */
  readonly file?: unknown
  readonly mode?: number
  /** How many times faster the clock of the command runs; 20 by default. */
  readonly factor?: number
  /** Replaces the token file by something else. */
  readonly prepare?: (file: string) => void
}

/** Runs the command. `asked` lists the requests, with the fields of a multipart body that name a token. */
export const play = (
  command: string,
  { answers, factor = 20, file = pair, mode = 0o600, prepare }: Scene,
  ...flags: Array<string>
) =>
  Effect.acquireUseRelease(
    Effect.promise(async () => {
      const asked: Array<string> = []
      const server = Http.createServer((request, response) => {
        let body = ""
        request.on("data", (chunk) => (body += chunk))
        request.on("end", () => {
          const route = `${request.method} ${request.url}`
          const token = /(?:access|refresh)-1/.exec(body)?.[0]
          asked.push(token === undefined ? route : `${route} ${token}`)
          const answer = answers[route] ?? [404, {}]
          if (answer === "hangs") return
          if (answer === "resets") return request.socket.destroy()
          const [status, content] = answer
          const html = typeof content === "string"
          response.writeHead(status, { "content-type": html ? "text/html" : "application/json" })
          response.end(html ? content : JSON.stringify(content))
        })
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      return { asked, server, home: Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-odd-")) }
    }),
    ({ asked, home, server }) =>
      Effect.gen(function* () {
        const { port } = server.address() as AddressInfo
        const path = Path.join(home, "tokens", `127.0.0.1_${port}.json`)
        if (prepare !== undefined || file !== null) Fs.mkdirSync(Path.dirname(path), { mode: 0o700 })
        if (prepare !== undefined) prepare(path)
        else if (file !== null) {
          Fs.writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file))
          Fs.chmodSync(path, mode)
        }
        const read = () => (Fs.statSync(path, { throwIfNoEntry: false })?.isFile() ? Fs.readFileSync(path, "utf8") : "")
        const before = read()
        const ran = yield* OneRun.command([command, "--api", `http://127.0.0.1:${port}`, ...flags], factor).pipe(
          Effect.provideService(
            ConfigProvider.ConfigProvider,
            ConfigProvider.fromEnv({ env: { HOLDFAST_HOME: home } }),
          ),
        )
        assert.notMatch([...ran.stdout, ...ran.stderr].join("\n"), /(?:access|refresh)-1/)
        const left = Fs.existsSync(Path.dirname(path)) ? Fs.readdirSync(Path.dirname(path)) : []
        return { ...ran, asked, path, before, after: read(), left }
      }),
    ({ home, server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
        Fs.rmSync(home, { recursive: true, force: true })
      }),
  )
