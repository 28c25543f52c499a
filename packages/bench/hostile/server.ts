/**
 * The hostile server, in a separate process, so that the measured memory is only that of the clients.
 *
 * `/<number>/…` is the misbehaviour with that number; below `/<number>/honest…` the health endpoint is healthy, so that a
 * command continues to later calls. A second server represents another origin and reports the requests that it receives.
 */
import { createServer, type Socket } from "node:net"
import { misbehaviours } from "./misbehaviours.ts"
import { secretsIn } from "./spellings.ts"

/** How many bytes of a request are examined. */
const most = 256 * 1024

const listening = (onConnection: (socket: Socket) => void): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {})
      socket.setTimeout(20_000, () => socket.destroy())
      onConnection(socket)
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

const elsewhere = await listening((socket) => {
  let got = ""
  socket.on("data", (data) => {
    got = (got + data.toString("latin1")).slice(0, most)
    process.send?.({ leaked: secretsIn(got), request: got.split("\r\n", 1)[0] })
    if (got.includes("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
  })
})

const port = await listening((socket) => {
  let got = Buffer.alloc(0)
  let answered = false
  const answer = (): void => {
    if (answered) return
    answered = true
    const text = got.toString("latin1")
    const [method = "", path = ""] = text.split(" ", 2)
    if (/^\/\d+\/honest[^/]*\/health$/.test(path)) {
      return void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{"ok":true}')
    }
    const misbehaviour = misbehaviours[Number(/^\/(\d+)/.exec(path)?.[1])]
    misbehaviour?.answer(socket, {
      method,
      path,
      secrets: secretsIn(text).slice(0, 8),
      elsewhere: `http://127.0.0.1:${elsewhere}`,
      here: path,
    })
  }
  socket.on("data", (data) => {
    if (got.length < most) got = Buffer.concat([got, data])
    const text = got.toString("latin1", 0, 16_384)
    const end = text.indexOf("\r\n\r\n")
    if (end === -1) return
    const early = misbehaviours[Number(/^\S+ \/(\d+)/.exec(text)?.[1])]?.early === true
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0)
    const chunked = /\r\ntransfer-encoding: *chunked/i.test(text)
    if (/\r\nexpect: *100-continue/i.test(text) && got.length === end + 4) socket.write("HTTP/1.1 100 Continue\r\n\r\n")
    const complete = chunked ? got.includes("0\r\n\r\n") : got.length >= Math.min(end + 4 + length, most)
    if (early || complete) answer()
  })
})

// The program that started this process may be killed.
process.on("disconnect", () => process.exit())
process.send?.({ port })
