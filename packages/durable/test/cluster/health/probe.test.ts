import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { RunnerAddress } from "effect/cluster"
import { TestClock } from "effect/testing"
import { type AddressInfo, createServer, type Server } from "node:net"
import { probe } from "../../../src/internal/cluster/health/probe.ts"

/** A server on a free port of this machine, and its address. */
const listening = Effect.acquireRelease(
  Effect.callback<Server>((resume) => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => void server.close()),
)

const addressOf = (server: Server) => RunnerAddress.make("127.0.0.1", (server.address() as AddressInfo).port)

const closed = (server: Server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))

describe("a probe", () => {
  it.effect("finds a port open while a process listens on it, and refused afterwards", () =>
    Effect.gen(function* () {
      const server = yield* listening
      const address = addressOf(server)
      assert.strictEqual(yield* probe(address), "open")
      yield* closed(server)
      assert.strictEqual(yield* probe(address), "refused")
    }),
  )

  it.effect("finds a machine silent that it cannot reach", () =>
    Effect.gen(function* () {
      // No name server knows the name, and an error other than a refusal is no proof that the process has ended.
      const fiber = yield* Effect.forkChild(probe(RunnerAddress.make("worker.invalid", 9)), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "silent")
    }),
  )
})
