/**
 * Network failures, reproduced with a local server in place of a remote one.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer as createSecureServer } from "node:https"
import { connect, createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as Leash from "../processes/Leash.ts"
import * as Peer from "../processes/Peer.ts"
import type { Case } from "./proof.ts"
import * as StandIn from "./standIn.ts"
import { fixture } from "./vendors.ts"
import * as Wire from "./wire.ts"

const peer = "stand-in"

const ok = (): StandIn.Answer => ({ status: 200, headers: { "content-type": "application/json" }, body: '{"ok":true}' })

const get = (url: string): Request => ({ method: "GET", url, headers: { Accept: "application/json" } })

/** A self-signed certificate for 127.0.0.1. */
const certificate = (): { readonly cert: string; readonly key: string } => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tls-"))
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
  execFileSync("openssl", [...args, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", cert], { stdio: "ignore" })
  const pair = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") }
  rmSync(folder, { recursive: true })
  return pair
}

/** A TLS server that reports plain requests as nginx does, and can cut the first handshake. */
const secure = async (isFirstCut: boolean) => {
  const [port = 0, hidden = 0] = await Peer.freePorts(2)
  const inner = createSecureServer(certificate(), (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}')
  })
  const scripted = StandIn.answerOf(fixture("HF-HTTP-TLS-006"))
  let connections = 0
  const outer: Server = createServer((socket) => {
    connections++
    const isCut = isFirstCut && connections === 1
    socket.on("error", () => undefined)
    socket.once("data", (data) => {
      if (isCut) return void socket.destroy()
      if (data[0] !== 0x16) {
        const head = Object.entries({
          "Content-Type": "text/html",
          Server: "nginx",
          "Content-Length": scripted.body?.length,
        })
        const lines = ["HTTP/1.1 400 Bad Request", ...head.map(([name, value]) => `${name}: ${String(value)}`)]
        return void socket.end(`${lines.join("\r\n")}\r\n\r\n${scripted.body ?? ""}`)
      }
      const through = connect({ host: "127.0.0.1", port: hidden })
      through.on("error", () => socket.destroy())
      through.write(data)
      socket.pipe(through).pipe(socket)
    })
  })
  await new Promise<void>((resolve) => inner.listen(hidden, "127.0.0.1", resolve))
  await new Promise<void>((resolve) => outer.listen(port, "127.0.0.1", resolve))
  return { port, close: () => [outer, inner].forEach((server) => server.close()) }
}

const overTls = (code: string, isFirstCut: boolean, scheme: string): Case => {
  let close = () => {}
  return {
    code,
    peer,
    provoke: async () => {
      const server = await secure(isFirstCut)
      close = server.close
      return Wire.send(get(`${scheme}://127.0.0.1:${server.port}/v1/items`))
    },
    again: async (request) => {
      const exchange = await Wire.send(request)
      close()
      return exchange
    },
  }
}

/** Connects before the server listens. */
const closedPort = (): Case => {
  let port = 0
  return {
    code: "HF-HTTP-NET-001",
    peer,
    provoke: async () => {
      ;[port = 0] = await Peer.freePorts(1)
      return Wire.send(get(`http://127.0.0.1:${port}/v1/items`))
    },
    again: async (request) => {
      const server = createServer((socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
      })
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
      const exchange = await Wire.send(request)
      server.close()
      return exchange
    },
  }
}

/** The name server does not respond the first time. */
const silentNames = (): Case => {
  let server: StandIn.StandIn | undefined
  let asked = 0
  const lookup: Wire.Sending["lookup"] = (hostname, options, callback) => {
    asked++
    const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${hostname}`), { code: "EAI_AGAIN" })
    if (asked === 1) callback(error, "", 4)
    else if (options.all === true) callback(null, [{ address: "127.0.0.1", family: 4 }])
    else callback(null, "127.0.0.1", 4)
  }
  return {
    code: "HF-HTTP-DNS-002",
    peer,
    provoke: async () => {
      server = await StandIn.start(ok)
      return Wire.send(get(`http://api.stand.in:${server.port}/v1/items`), { lookup })
    },
    again: async (request) => {
      const exchange = await Wire.send(request, { lookup })
      await server?.close()
      return exchange
    },
  }
}

/** The header's length differs from the body's. Node's fetch does not send such a request. */
const otherLength = (): Case => {
  let server: StandIn.StandIn | undefined
  const body = "the bytes"
  const sent = async ({ headers = {}, ...request }: Request): Promise<Exchange> => {
    try {
      const response = await fetch(request.url ?? "", { method: request.method ?? "PUT", headers, body })
      const answer = {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      }
      return { request: { ...request, headers }, response: answer }
    } catch (error) {
      const cause: unknown = error instanceof Error ? error.cause : undefined
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(error)
      return { request: { ...request, headers }, failure: code }
    }
  }
  return {
    code: "HF-HTTP-NET-011",
    peer,
    provoke: async () => {
      server = await StandIn.start(ok)
      return sent({ method: "PUT", url: `http://127.0.0.1:${server.port}/clip`, headers: { "Content-Length": "90" } })
    },
    again: async (request) => {
      const exchange = await sent(request)
      await server?.close()
      return exchange
    },
  }
}

/** A server that parses the version from the request line. */
const blanks = (): Case => {
  let server: Server | undefined
  const raw = ({ headers = {}, ...request }: Request): Promise<Exchange> =>
    new Promise((resolve) => {
      const [, host = "", path = ""] = /^http:\/\/([^/]+)(.*)$/.exec(request.url ?? "") ?? []
      const socket = connect({ host: "127.0.0.1", port: Number(host.split(":")[1]) })
      let text = ""
      socket.on("data", (data) => (text += data.toString()))
      socket.on("end", () => {
        const status = Number(text.split(" ")[1])
        resolve({ request: { ...request, headers }, response: { status, headers: { server: "nginx" }, body: "" } })
      })
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    })
  return {
    code: "HF-HTTP-ANSWER-004",
    peer,
    provoke: async () => {
      const strict = createServer((socket) => {
        socket.once("data", (data) => {
          const [line = ""] = data.toString().split("\r\n", 1)
          const isRight = /^[A-Z]+ \S+ HTTP\/1\.1$/.test(line)
          socket.end(`HTTP/1.1 ${isRight ? "200 OK" : "505 HTTP Version Not Supported"}\r\nContent-Length: 0\r\n\r\n`)
        })
      })
      server = strict
      const [port = 0] = await Peer.freePorts(1)
      await new Promise<void>((resolve) => strict.listen(port, "127.0.0.1", resolve))
      return raw(get(`http://127.0.0.1:${port}/v1/my items`))
    },
    again: async (request) => {
      const exchange = await raw(request)
      server?.close()
      return exchange
    },
  }
}

const server = (port: number): string =>
  `require("net").createServer((socket) => socket.on("error", () => {}).once("data", () =>
    socket.end("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}"))).listen({ port: ${port}, host: "127.0.0.1", backlog: 1 })`

/** The server's process is stopped, so that it accepts nothing and its backlog is full. */
const fullQueue = (): Case => {
  const leash = Leash.make("holdfast-full-queue")
  const waiting: Array<Socket> = []
  let child: ReturnType<typeof leash.start> | undefined
  return {
    code: "HF-HTTP-NET-004",
    peer,
    provoke: async () => {
      const [port = 0] = await Peer.freePorts(1)
      const url = `http://127.0.0.1:${port}/v1/items`
      const started = leash.start("server", process.execPath, ["-e", server(port), leash.directory])
      child = started
      await Peer.until(async () => (await Wire.send(get(url))).response, {
        what: "waiting for the server",
        seconds: 20,
      })
      started.kill("SIGSTOP")
      for (let count = 0; count < 8; count++) waiting.push(connect({ host: "127.0.0.1", port }).on("error", () => {}))
      await sleep(100)
      return Wire.send(get(url), { patience: 500 })
    },
    again: async (request) => {
      for (const socket of waiting) socket.destroy()
      child?.kill("SIGCONT")
      const exchange = await Wire.send(request)
      await leash.release()
      return exchange
    },
  }
}

export const cases: ReadonlyArray<Case> = [
  fullQueue(),
  closedPort(),
  silentNames(),
  otherLength(),
  blanks(),
  overTls("HF-HTTP-TLS-006", false, "http"),
  overTls("HF-HTTP-TLS-008", true, "https"),
]
