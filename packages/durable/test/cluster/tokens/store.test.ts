import { assert, describe, it } from "@effect/vitest"
import type { TokenStore } from "@holdfast/oauth"
import { Deferred, Effect, Fiber, Redacted, Result } from "effect"
import { ConnectionError, SqlError } from "effect/sql/SqlError"
import { TestClock } from "effect/testing"
import { tokens } from "../../../../oauth/test/support/server.ts"
import * as MemoryRows from "../../../src/internal/cluster/tokens/memoryRows.ts"
import type { Rows } from "../../../src/internal/cluster/tokens/rows.ts"
import * as Store from "../../../src/internal/cluster/tokens/store.ts"

type Service = TokenStore["Service"]

const noDatabase = new SqlError({ reason: new ConnectionError({ cause: undefined, message: "gone" }) })

/** The store of one process. */
const process = (rows: Rows) => Effect.flatMap(Effect.scope, (scope) => Store.make(rows, "cam-1", scope))

/** A process that never renews its lock, as if it were suspended as soon as it holds it. */
const suspended = (rows: Rows) =>
  Effect.suspend(() => {
    let held = false
    return process({
      ...rows,
      lock: (device, owner) =>
        held ? Effect.succeed(false) : Effect.tap(rows.lock(device, owner), (got) => Effect.sync(() => (held = got))),
    })
  })

const saved = (store: Service) =>
  Effect.map(store.load, (set) =>
    set === undefined ? "none" : `${Redacted.value(set.accessToken)} ${set.spent ?? "-"}`,
  )

/** Holds the lock until `go` and then runs the effect; the lock has expired meanwhile. */
const waking = <A, E>(store: Service, before: Effect.Effect<unknown, E>, then: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const go = yield* Deferred.make<void>()
    const fiber = yield* Effect.forkChild(
      Effect.result(store.exclusive(Effect.andThen(before, Effect.andThen(Deferred.await(go), then)))),
    )
    yield* TestClock.adjust("9 seconds")
    return { wake: Effect.andThen(Deferred.succeed(go, undefined), Fiber.join(fiber)) }
  })

const refresh = (store: Service, from: number, to: number, spent: "maybe" | "yes" = "maybe") =>
  store.exclusive(Effect.andThen(store.save({ ...tokens(from), spent }), store.save(tokens(to))))

describe("the store of a device's tokens", () => {
  it.effect("refuses the record of a process that slept until another one had refreshed the pair", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* suspended(rows), yield* process(rows)]
      yield* b.save(tokens(1))
      const { wake } = yield* waking(a, a.load, a.save({ ...tokens(1), spent: "maybe" }))
      yield* refresh(b, 1, 2)
      const result = yield* wake
      assert.strictEqual(Result.isFailure(result) && result.failure._tag, "TokensLocked")
      assert.strictEqual(yield* saved(b), "access-2 -")
    }),
  )

  it.effect("refuses the record of a process whose lock expired while another one is refreshing the same pair", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* suspended(rows), yield* process(rows)]
      yield* b.save(tokens(1))
      const { wake } = yield* waking(a, a.load, a.save(tokens(1)))
      yield* b.exclusive(
        Effect.gen(function* () {
          yield* b.save({ ...tokens(1), spent: "maybe" })
          assert.isTrue(Result.isFailure(yield* wake))
          assert.strictEqual(yield* saved(b), "access-1 maybe")
        }),
      )
    }),
  )

  it.effect("refuses the new pair of a process that slept while another one got a newer pair", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* suspended(rows), yield* process(rows)]
      yield* b.save(tokens(1))
      const { wake } = yield* waking(a, a.save({ ...tokens(1), spent: "maybe" }), a.save(tokens(2)))
      yield* refresh(b, 1, 3, "yes")
      assert.isTrue(Result.isFailure(yield* wake))
      assert.strictEqual(yield* saved(b), "access-3 -")
    }),
  )

  it.effect("accepts the new pair of a process that slept while another one's refresh of the old pair failed", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* suspended(rows), yield* process(rows)]
      yield* b.save(tokens(1))
      const { wake } = yield* waking(a, a.save({ ...tokens(1), spent: "maybe" }), a.save(tokens(2)))
      yield* b.exclusive(b.save({ ...tokens(1), spent: "yes" }))
      assert.isTrue(Result.isSuccess(yield* wake))
      assert.strictEqual(yield* saved(b), "access-2 -")
    }),
  )

  it.effect("lets a new sign-in win over a refresh that was in flight", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* suspended(rows), yield* process(rows)]
      yield* b.save(tokens(1))
      const { wake } = yield* waking(a, a.save({ ...tokens(1), spent: "maybe" }), a.save(tokens(2)))
      yield* b.exclusive(b.save(tokens(7)))
      assert.isTrue(Result.isFailure(yield* wake))
      assert.strictEqual(yield* saved(b), "access-7 -")
    }),
  )

  it.effect("waits for the lock of another process, and until it expires if that process was killed", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const store = yield* process(rows)
      yield* rows.lock("cam-1", "killed")
      const fiber = yield* Effect.forkChild(store.exclusive(Effect.void))
      yield* TestClock.adjust("7900 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 second")
      assert.isDefined(fiber.pollUnsafe())
    }),
  )

  it.effect("keeps its lock for as long as the refresh takes", () =>
    Effect.gen(function* () {
      const rows = MemoryRows.make()
      const [a, b] = [yield* process(rows), yield* process(rows)]
      const first = yield* Effect.forkChild(a.exclusive(Effect.sleep("60 seconds")))
      yield* Effect.yieldNow
      const second = yield* Effect.forkChild(b.exclusive(Effect.void))
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(second.pollUnsafe())
      yield* TestClock.adjust("2 seconds")
      assert.isDefined(first.pollUnsafe())
      assert.isDefined(second.pollUnsafe())
    }),
  )

  it.effect("saves a refreshed pair when the database is back, although the caller and its lock are gone", () =>
    Effect.gen(function* () {
      const memory = MemoryRows.make()
      let isUp = true
      const up = <A>(effect: Effect.Effect<A, SqlError>) =>
        Effect.suspend(() => (isUp ? effect : Effect.fail(noDatabase)))
      const store = yield* process({
        ...memory,
        read: (device) => up(memory.read(device)),
        replace: (...call) => up(memory.replace(...call)),
      })
      yield* store.save(tokens(1))
      const refreshing = store.exclusive(
        Effect.gen(function* () {
          yield* store.save({ ...tokens(1), spent: "maybe" })
          isUp = false
          yield* store.save(tokens(2))
        }),
      )
      const fiber = yield* Effect.forkChild(Effect.result(refreshing))
      yield* TestClock.adjust("6 seconds")
      const result = yield* Fiber.join(fiber)
      assert.strictEqual(Result.isFailure(result) && result.failure._tag, "TokensUnwritable")
      yield* TestClock.adjust("60 seconds")
      isUp = true
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* saved(store), "access-2 -")
    }),
  )
})
