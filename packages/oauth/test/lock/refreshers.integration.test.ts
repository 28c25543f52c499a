/**
 * Refreshes in real processes that are killed, over a real file and real sockets.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { TokenStore } from "@holdfast/oauth"
import { tokenAnswer, tokens } from "../support/server.ts"

const refresher = fileURLToPath(new URL("./refresher.ts", import.meta.url))

describe("refreshing in several processes", () => {
  it("sends a refresh token at most twice, and never concurrently, while processes are killed", async () => {
    const folder = Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-refresh-"))
    const file = Path.join(folder, "state", "tokens.json")
    const killed = new Set<string>()
    const open = new Set<string>()
    const sent = new Map<string, number>()
    const faults: Array<string> = []
    let valid = 1
    /** Whether the next process that sends is killed, at a random point of its refresh. */
    let due = false
    let kills = 0

    const running: Array<ChildProcess> = []
    const server = Http.createServer((request, response) => {
      const pid = String(request.headers["x-pid"])
      let body = ""
      request.on("data", (chunk) => (body += chunk))
      request.on("end", () => {
        const token = new URLSearchParams(body).get("refresh_token") ?? ""
        for (const other of open) {
          if (other !== pid && !killed.has(other)) faults.push(`${pid} and ${other} sent at once`)
        }
        open.add(pid)
        const victim = running.findIndex((child) => String(child.pid) === pid)
        if (due && victim >= 0) {
          due = false
          setTimeout(() => void replace(victim), Math.random() * 12)
        }
        response.on("close", () => open.delete(pid))
        const times = (sent.get(token) ?? 0) + 1
        sent.set(token, times)
        if (times > 2) faults.push(`${token} was sent ${times} times`)
        setTimeout(() => {
          const fate = Math.random()
          if (fate < 0.1) return request.socket.destroy()
          const good = token === `refresh-${valid}`
          if (good) valid++
          setTimeout(() => {
            if (fate < 0.2) return request.socket.destroy()
            response.writeHead(good ? 200 : 400, { "content-type": "application/json" })
            response.end(JSON.stringify(good ? tokenAnswer(valid) : { error: "invalid_grant" }))
          }, Math.random() * 5)
        }, Math.random() * 5)
      })
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    const signIn = () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        yield* store.exclusive(
          Effect.suspend(() => {
            valid += 100
            return store.save(tokens(valid))
          }),
        )
      }).pipe(
        Effect.provide(TokenStore.layerFile(file).pipe(Layer.provide(NodeServices.layer))),
        Effect.scoped,
        Effect.runPromise,
      )
    const start = () =>
      spawn(process.execPath, ["--conditions=@holdfast/source", refresher, file, url], {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, NODE_OPTIONS: "" },
      })
    const ended = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null
    const kill = async (child: ChildProcess) => {
      if (ended(child)) return
      killed.add(String(child.pid))
      const exit = once(child, "exit")
      child.kill("SIGKILL")
      await exit
    }

    const replace = async (index: number) => {
      const child = running[index]
      if (child === undefined) return
      await kill(child)
      running[index] = start()
      kills++
    }

    await signIn()
    running.push(start(), start(), start())
    try {
      const end = performance.now() + 45_000
      while ((kills < 3 || sent.size < 12) && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (JSON.parse(Fs.readFileSync(file, "utf8")).spent === "yes") await signIn()
        due = kills < 3 && sent.size > 3 * kills
      }
      assert.isAtLeast(kills, 3)
      assert.isAtLeast(sent.size, 12)
    } finally {
      await Promise.all(running.map(kill))
      server.closeAllConnections()
      server.close()
    }
    assert.deepStrictEqual(faults, [])
    Fs.rmSync(folder, { recursive: true })
  }, 60_000)
})
