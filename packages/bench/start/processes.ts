/**
 * Measures the CPU time of whole processes.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { environment } from "../shared/processes.ts"

/** The cost of processes, and the number of Nodes among them. */
export interface Cost {
  readonly milliseconds: number
  readonly nodes: number
}

/** Measures in a temporary folder, which is also the home of the processes. */
export class Meter {
  readonly #folder: string
  readonly #report: string
  readonly #reporter: string

  constructor(folder: string) {
    this.#folder = folder
    this.#report = join(folder, "report")
    this.#reporter = join(folder, "report.cjs")
    // Each Node reports its own time at exit, and a Node started by another one inherits the reporter.
    writeFileSync(
      this.#reporter,
      `process.on("exit", () => {
        const { system, user } = process.cpuUsage()
        require("node:fs").appendFileSync(${JSON.stringify(this.#report)}, (system + user) / 1000 + "\\n")
      })
      process.on("SIGUSR2", () => process.exit())`,
    )
  }

  /** Runs a Node with these arguments to its end; returns `undefined` if it fails. */
  node(node: string, args: ReadonlyArray<string>, cache: boolean): Cost | undefined {
    rmSync(this.#report, { force: true })
    const { status } = spawnSync(node, args, { env: this.#environment(cache), stdio: "ignore" })
    return status === 0 ? this.#cost() : undefined
  }

  /** Runs a Node until a server on loopback receives its first request; returns `undefined` if there is none. */
  async toFirstRequest(
    node: string,
    args: (url: string) => ReadonlyArray<string>,
    cache: boolean,
  ): Promise<Cost | undefined> {
    rmSync(this.#report, { force: true })
    const { ended, request, server, url } = await listen()
    try {
      const child = spawn(node, args(url), { env: this.#environment(cache), stdio: "ignore" })
      const closed = new Promise<undefined>((resolve) => child.once("close", () => resolve(undefined)))
      const requested = await Promise.race([request.then(() => true), closed])
      if (requested === true) child.kill("SIGUSR2")
      await closed
      return requested === true ? this.#cost() : undefined
    } finally {
      ended()
      server.closeAllConnections()
    }
  }

  /** Runs a program other than Node to its end, whatever its exit code; the shell reports the time of its children. */
  program(command: string, args: ReadonlyArray<string>): Cost | undefined {
    const shell = ["-c", '"$@" >/dev/null 2>&1; times', "bash", command, ...args]
    const { stdout } = spawnSync("bash", shell, { env: this.#environment(false), encoding: "utf8" })
    const [, children = ""] = stdout.trim().split("\n")
    const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, seconds]) =>
      [minutes, seconds].map(Number),
    )
    if (parts.length !== 2) return undefined
    const seconds = parts.reduce((total, [minutes = 0, rest = 0]) => total + minutes * 60 + rest, 0)
    return { milliseconds: seconds * 1000, nodes: 0 }
  }

  /** Runs a program other than Node that ends after a server on loopback has rejected its first request. */
  async programToFirstRequest(
    command: string,
    args: (url: string) => ReadonlyArray<string>,
  ): Promise<Cost | undefined> {
    // The server must answer while `program` waits for the program.
    const port = spawn(process.execPath, ["-e", refusing], { stdio: ["pipe", "pipe", "inherit"] })
    try {
      const [url] = await new Promise<ReadonlyArray<string>>((resolve) =>
        port.stdout.once("data", (data: Buffer) => resolve([String(data)])),
      )
      return this.program(command, args(url ?? ""))
    } finally {
      port.kill()
    }
  }

  #cost(): Cost | undefined {
    if (!existsSync(this.#report)) return undefined
    const times = readFileSync(this.#report, "utf8").trim().split("\n").map(Number)
    return { milliseconds: times.reduce((total, one) => total + one, 0), nodes: times.length }
  }

  #environment(cache: boolean): NodeJS.ProcessEnv {
    const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...inherited } = environment()
    const home = {
      HOME: this.#folder,
      LOCALAPPDATA: this.#folder,
      XDG_CACHE_HOME: join(this.#folder, "cache"),
      XDG_CONFIG_HOME: join(this.#folder, "config"),
      XDG_STATE_HOME: join(this.#folder, "state"),
    }
    const node = { NODE_OPTIONS: `--require=${this.#reporter}`, ...(cache ? {} : { NODE_DISABLE_COMPILE_CACHE: "1" }) }
    return { ...inherited, ...home, ...node, NO_COLOR: "1", no_proxy: "*", NO_PROXY: "*" }
  }
}

const refusing = `const server = require("node:http").createServer((_, response) => response.writeHead(403).end())
  server.listen(0, "127.0.0.1", () => process.stdout.write("http://127.0.0.1:" + server.address().port))`

const listen = async (): Promise<{
  readonly server: Server
  readonly url: string
  readonly request: Promise<void>
  readonly ended: () => void
}> => {
  const server = createServer()
  const request = new Promise<void>((resolve) => server.once("request", () => resolve()))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  return { server, url: `http://127.0.0.1:${port}`, request, ended: () => server.close() }
}
