import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Runners from "../../support/cluster/Runners.ts"
import * as Scenario from "../../support/cluster/scenario.ts"
import * as Sink from "../../support/cluster/Sink.ts"
import { missing, PostgresServer } from "../../support/postgres/PostgresServer.ts"
import * as Peer from "../../support/processes/Peer.ts"

const { all, clean, file, partBytes } = Scenario

/** A new database with uploads, and a sink whose parts take a time. */
const make = (count: number, latency: number) =>
  Effect.gen(function* () {
    const server = yield* PostgresServer
    const database = yield* server.database
    const sink = yield* Sink.make({ latency, partBytes })
    const made = yield* Scenario.files(count)
    const journal = yield* Scenario.journalOf(database)
    // A creation without an answer is repeated.
    const added = yield* journal.add(made.map(({ path }) => ({ path, file, createAgain: true })))
    return { added, database, journal, made, server, sink, start: Runners.start(database, sink) }
  })

/** The longest time from a moment until a runner sent another part of an upload that a runner had at that moment. */
const takeOver = (sink: Sink.Sink, runner: number, at: number): number => {
  const orphans = new Set(sink.puts.filter((put) => put.runner === runner).map(({ asset }) => asset))
  const firsts = [...orphans].flatMap((asset) => {
    const next = sink.puts.find((put) => put.asset === asset && put.runner !== runner && put.startedAt > at)
    return next === undefined ? [] : [next.startedAt - at]
  })
  return Math.max(0, ...firsts)
}

describe.skipIf(missing !== undefined)(Peer.title("uploads of a cluster on PostgreSQL", missing), () => {
  it.layer(PostgresServer.layer, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("are sent by one runner", () =>
      Effect.gen(function* () {
        const { journal, made, sink, start } = yield* make(12, 20)
        yield* start
        const records = yield* Scenario.until(journal, 60, all("done"))
        assert.deepStrictEqual(yield* Scenario.judge(journal, sink, records, made), clean)
        assert.strictEqual(sink.puts.length, 12 * 8)
        assert.strictEqual(sink.created.length, 12)
      }),
    )

    it.effect(
      "are continued by the other runner when one is killed, without a confirmed part being sent again",
      () =>
        Effect.gen(function* () {
          const { journal, made, sink, start } = yield* make(24, 1500)
          const [first, second] = yield* Effect.all([start, start], { concurrency: 2 })
          yield* Effect.promise(() =>
            Peer.until(() => (sink.puts.filter((put) => put.runner === first.pid).length > 12 ? true : undefined), {
              what: "parts of the first runner",
              seconds: 60,
            }),
          )
          yield* first.kill
          const at = Date.now()
          const records = yield* Scenario.until(journal, 150, all("done"))
          console.log(`take-over after a kill: ${takeOver(sink, first.pid, at)} ms`)
          assert.deepStrictEqual(yield* Scenario.judge(journal, sink, records, made), clean)
          assert.isAbove(sink.puts.filter((put) => put.runner === second.pid).length, 0)
          // Only parts in flight at the kill are sent twice.
          assert.isAtMost(sink.puts.length - 24 * 8, 16 + 8)
        }),
      200_000,
    )

    it.effect(
      "are continued by the other runner while one is suspended, whose late writes are refused",
      () =>
        Effect.gen(function* () {
          const { journal, made, sink, start } = yield* make(24, 1500)
          const [first] = yield* Effect.all([start, start], { concurrency: 2 })
          yield* Effect.promise(() =>
            Peer.until(() => (sink.puts.filter((put) => put.runner === first.pid).length > 12 ? true : undefined), {
              what: "parts of the first runner",
              seconds: 60,
            }),
          )
          yield* first.signal("SIGSTOP")
          const at = Date.now()
          const inFlight = yield* Scenario.begun(journal)
          yield* Effect.sleep("20 seconds")
          yield* first.signal("SIGCONT")
          console.log(`take-over during a suspension: ${takeOver(sink, first.pid, at)} ms`)
          const records = yield* Scenario.until(journal, 150, all("done"))
          const { different, sentAgain } = yield* Scenario.judge(journal, sink, records, made)
          assert.deepStrictEqual(different, [])
          // A part that the runner had begun when it was suspended may leave as soon as it wakes up.
          assert.deepStrictEqual(
            sentAgain.filter((part) => !inFlight.has(part)),
            [],
          )
        }),
      250_000,
    )

    it.effect(
      "go on after the database was away for some seconds",
      () =>
        Effect.gen(function* () {
          const { journal, made, server, sink, start } = yield* make(24, 1000)
          yield* Effect.all([start, start], { concurrency: 2 })
          yield* Effect.promise(() =>
            Peer.until(() => (sink.puts.length > 30 ? true : undefined), { what: "parts", seconds: 60 }),
          )
          yield* server.crash
          yield* Effect.sleep("4 seconds")
          yield* server.restart
          const at = Date.now()
          const records = yield* Scenario.until(journal, 150, all("done"))
          const next = sink.puts.find(({ startedAt }) => startedAt > at)
          console.log(`first part after the outage: ${(next?.startedAt ?? 0) - at} ms`)
          assert.deepStrictEqual(yield* Scenario.judge(journal, sink, records, made), clean)
        }),
      250_000,
    )
  })
})
