/**
 * A real Redis that keeps everything in memory.
 */
import { NodeRedis } from "@effect/platform-node"
import { Data, Effect, Layer } from "effect"
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

/** Starts a server on a free port of 127.0.0.1. It ends with the scope, unless it is killed before. */
export const start = Effect.gen(function* () {
  const leash = yield* Effect.acquireRelease(
    Effect.sync(() => Leash.make("holdfast-redis")),
    (leash) => Effect.promise(() => leash.release()),
  )
  return yield* Effect.tryPromise({
    try: async () => {
      const [port = 0] = await Peer.freePorts(1)
      const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--appendonly", "no"]
      // A custom process title would hide the folder, by which the process is identified before it is killed.
      const child = leash.start("redis", "redis-server", [
        "--dir",
        leash.directory,
        "--set-proc-title",
        "no",
        ...settings,
      ])
      await Peer.until(() => answers(port), { what: "Redis", seconds: 20 })
      const kill = Effect.promise(async () => {
        const ended = once(child, "exit")
        if (child.exitCode === null && child.kill("SIGKILL")) await ended
      })
      return { port, kill }
    },
    catch: (cause) => new RedisFailed({ message: `Redis did not start\n${Leash.tail(leash.directory)}`, cause }),
  })
})

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
