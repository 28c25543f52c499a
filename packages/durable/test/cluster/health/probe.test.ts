import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { RunnerAddress } from "effect/cluster"
import { TestClock } from "effect/testing"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import { findingOf, probe } from "../../../src/internal/cluster/health/probe.ts"

/** A server on a free port of this machine. */
const listeningWith = (onConnection: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer(onConnection)
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => void server.close()),
  )

const listening = listeningWith((socket) => socket.destroy())

const addressOf = (server: Server) => RunnerAddress.make("127.0.0.1", (server.address() as AddressInfo).port)

const closed = (server: Server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))

const failure = (code: string) => Object.assign(new Error(code), { code })

/** The error of a host with several addresses, as Node reports it: with the code of the first address. */
const failures = (...codes: ReadonlyArray<string>) =>
  Object.assign(new AggregateError(codes.map(failure)), { code: codes[0] ?? "" })

describe("a probe", () => {
  it.live("closes its connection, although the process at the port keeps it open", () =>
    Effect.gen(function* () {
      const ended = yield* Deferred.make<void>()
      const server = yield* listeningWith((socket) => {
        socket.on("error", () => {})
        socket.once("close", () => Deferred.doneUnsafe(ended, Effect.void))
        socket.resume()
      })
      assert.strictEqual(yield* probe(addressOf(server)), "open")
      yield* Deferred.await(ended)
    }).pipe(Effect.scoped),
  )

  it("finds a host with several addresses refused only if all of them refuse", () => {
    assert.strictEqual(findingOf(failure("ECONNREFUSED")), "refused")
    assert.strictEqual(findingOf(failure("EHOSTUNREACH")), "silent")
    assert.strictEqual(findingOf(failures("ECONNREFUSED", "ECONNREFUSED")), "refused")
    assert.strictEqual(findingOf(failures("ECONNREFUSED", "ETIMEDOUT")), "silent")
  })

  it.live.each([-1, 65_536])("finds a port silent that cannot exist: %i", (port) =>
    Effect.map(probe(RunnerAddress.make("127.0.0.1", port)), (finding) => assert.strictEqual(finding, "silent")),
  )

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
