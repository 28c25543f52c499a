/**
 * A real Redis that keeps everything in memory.
 */
import { NodeRedis } from "@effect/platform-node"
import { Data, Effect, Layer } from "effect"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import * as Leash from "../processes/Leash.ts"
import * as Peer from "../processes/Peer.ts"

/** Why Redis is not available, if it is not. The package is Debian's. */
export const missing = Peer.without(["redis-server"], "redis-server")

/** Redis did not start; the message ends with its log. */
export class RedisFailed extends Data.TaggedError("RedisFailed")<{
  readonly message: string
  readonly cause: unknown
}> {}

/** A place for a server on a free port of 127.0.0.1, where nothing runs yet. What is started ends with the scope. */
export const place = Effect.gen(function* () {
  const leash = yield* Effect.acquireRelease(
    Effect.sync(() => Leash.make("holdfast-redis")),
    (leash) => Effect.promise(() => leash.release()),
  )
  const [port = 0] = yield* Effect.promise(() => Peer.freePorts(1))
  let child: ChildProcess | undefined
  const failed = (cause: unknown) =>
    new RedisFailed({ message: `Redis did not start\n${Leash.tail(leash.directory)}`, cause })
  return {
    port,
    start: Effect.tryPromise({
      try: async () => {
        const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"]
        // A custom process title would hide the folder, by which the process is identified before it is killed.
        const place = ["--dir", leash.directory, "--set-proc-title", "no"]
        child = leash.start("redis", "redis-server", [...place, ...settings])
        await Peer.until(() => answers(port), { what: "Redis", seconds: 20 })
      },
      catch: failed,
    }),
    /** Sends a signal to the server. Waits until it has ended if it is killed. */
    signal: (name: "SIGCONT" | "SIGKILL" | "SIGSTOP") =>
      Effect.promise(async () => {
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
        const ended = name === "SIGKILL" ? once(child, "exit") : undefined
        child.kill(name)
        await ended
      }),
  }
})

/** Starts a server on a free port of 127.0.0.1. It ends with the scope, unless it is killed before. */
export const start = Effect.flatMap(place, (server) =>
  Effect.as(server.start, { port: server.port, kill: server.signal("SIGKILL") }),
)

const answers = (port: number): Promise<true | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("error", () => resolve(undefined))
    socket.once("data", (data) => {
      socket.destroy()
      resolve(data.toString().startsWith("+PONG") ? true : undefined)
    })
    socket.write("PING\r\n")
  })

/** A client with its own server. */
export const layer = Layer.unwrap(
  Effect.map(start, ({ port }) => NodeRedis.layer({ url: `redis://127.0.0.1:${port}` })),
)
