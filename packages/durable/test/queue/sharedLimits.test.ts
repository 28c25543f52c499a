import { assert, describe, it } from "@effect/vitest"
import * as Verdict from "@holdfast/core/Verdict"
import * as Bandwidth from "@holdfast/durable/Bandwidth"
import { Clock, Effect, Fiber, Result } from "effect"
import { TestClock } from "effect/testing"
import * as SharedLimits from "../../src/internal/queue/sharedLimits.ts"

const MiB = 1024 * 1024

/** How long a simulation may take on a busy machine, in milliseconds. */
const patient = 30_000

const slowDown = { _tag: "SlowDown", verdict: Verdict.always({ pace: "throttled", outcome: "overload" }) } as const
const timedOut = { _tag: "RequestTimedOut", verdict: Verdict.always({ overdue: true }) } as const
const denied = { _tag: "AccessDenied", verdict: Verdict.never() } as const
const reset = { _tag: "ConnectionReset", verdict: Verdict.always() } as const

/** A storage whose parts share `capacity` bytes per second. It answers SlowDown to more than `slots` parts at once. */
const makeStorage = Effect.fnUntraced(function* (capacity: number, perPart: number, slots = Number.POSITIVE_INFINITY) {
  const flying = new Set<{ left: number }>()
  const tick = 50
  yield* Effect.sleep(tick).pipe(
    Effect.andThen(
      Effect.sync(() => {
        const each = (Math.min(perPart, capacity / flying.size) * tick) / 1000
        for (const part of flying) part.left -= each
      }),
    ),
    Effect.forever,
    Effect.forkScoped,
  )
  const put = (bytes: number) =>
    Effect.suspend(() => {
      if (flying.size >= slots) return Effect.andThen(Effect.sleep(50), Effect.fail(slowDown))
      const part = { left: bytes }
      flying.add(part)
      const wait: Effect.Effect<void> = Effect.suspend(() =>
        part.left <= 0 ? Effect.void : Effect.andThen(Effect.sleep(tick), wait),
      )
      return Effect.ensuring(
        Effect.andThen(Effect.sleep(50), wait),
        Effect.sync(() => flying.delete(part)),
      )
    })
  return { put, flying }
})

/** Sends the parts of one file, up to `parallel` at once. Returns the second at which the file was done. */
const sendFile = (
  limits: SharedLimits.Limits,
  put: (bytes: number) => Effect.Effect<void, typeof slowDown>,
  file: { readonly id: string; readonly parts: number; readonly length: number },
  onSent: (bytes: number) => void = () => {},
) =>
  Effect.gen(function* () {
    const { slot } = limits.of(file.id)
    if (slot === undefined) return yield* Effect.die("no slot")
    const send: Effect.Effect<void> = Effect.suspend(() => slot(put(file.length), file.length)).pipe(
      Effect.tap(() => Effect.sync(() => onSent(file.length))),
      Effect.catch(() => Effect.andThen(Effect.sleep("1 second"), send)),
    )
    yield* Effect.forEach(Array.from({ length: file.parts }), () => send, { concurrency: 16 })
    return (yield* Clock.currentTimeMillis) / 1000
  })

const jain = (shares: ReadonlyArray<number>): number => {
  const total = shares.reduce((sum, share) => sum + share, 0)
  return total ** 2 / (shares.length * shares.reduce((sum, share) => sum + share ** 2, 0))
}

describe("limits that uploads share", () => {
  it.effect(
    "share the link equally between files, even with SlowDown responses",
    () =>
      Effect.gen(function* () {
        const limits = SharedLimits.make()
        const { put } = yield* makeStorage(60 * MiB, 6 * MiB, 9)
        const sent = new Map<string, number>()
        for (const id of ["a", "b", "c", "d", "e"]) {
          yield* sendFile(limits, put, { id, parts: 2000, length: 4 * MiB }, (bytes) =>
            sent.set(id, (sent.get(id) ?? 0) + bytes),
          ).pipe(Effect.forkScoped)
        }
        yield* TestClock.adjust("2 minutes")
        assert.isAtLeast(jain([...sent.values()]), 0.95)
        const total = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
        // Nine parts of 6 MiB/s are the best that this storage allows.
        assert.isAtLeast(total / 120, 54 * MiB * 0.8)
        assert.isAtMost(limits.inFlight(), 16)
      }).pipe(Effect.scoped),
    patient,
  )

  it.effect(
    "let small files pass a file that has 15 000 parts waiting",
    () =>
      Effect.gen(function* () {
        const limits = SharedLimits.make()
        const { put } = yield* makeStorage(20 * MiB, 4 * MiB)
        const big = yield* sendFile(limits, put, { id: "big", parts: 15_000, length: 32 * MiB }).pipe(Effect.forkScoped)
        yield* TestClock.adjust("30 seconds")
        const startedAt = (yield* Clock.currentTimeMillis) / 1000
        const small = yield* Effect.forEach(
          Array.from({ length: 500 }, (_, n) => ({ id: `small-${n}`, parts: 1, length: 64 * 1024 })),
          (file) => sendFile(limits, put, file),
          { concurrency: 7, discard: true },
        ).pipe(Effect.andThen(Clock.currentTimeMillis), Effect.forkScoped)
        yield* TestClock.adjust("3 minutes")
        const doneAt = (yield* Fiber.join(small)) / 1000
        assert.isAtMost(doneAt - startedAt, 90)
        assert.isUndefined(big.pollUnsafe())
        yield* Fiber.interrupt(big)
        yield* TestClock.adjust(0)
        assert.deepStrictEqual([limits.inFlight(), limits.waiting()], [0, 0])
      }).pipe(Effect.scoped),
    patient,
  )

  it.effect(
    "let small files pass a large file on a link that one part fills",
    () =>
      Effect.gen(function* () {
        const limits = SharedLimits.make()
        const { put } = yield* makeStorage(MiB, 10 * MiB)
        yield* sendFile(limits, put, { id: "big", parts: 15_000, length: 20 * MiB }).pipe(Effect.forkScoped)
        yield* TestClock.adjust("5 minutes")
        const startedAt = (yield* Clock.currentTimeMillis) / 1000
        const small = yield* Effect.forEach(
          Array.from({ length: 500 }, (_, n) => ({ id: `small-${n}`, parts: 1, length: 64 * 1024 })),
          (file) => sendFile(limits, put, file),
          { concurrency: 7, discard: true },
        ).pipe(Effect.andThen(Clock.currentTimeMillis), Effect.forkScoped)
        yield* TestClock.adjust("10 minutes")
        const doneAt = (yield* Fiber.join(small)) / 1000
        // The small files have 31 MiB, and a large part that was in flight at their arrival has 20 MiB.
        assert.isAtMost(doneAt - startedAt, 150)
      }).pipe(Effect.scoped),
    patient,
  )

  it.effect.each([
    ["SlowDown", slowDown, 1],
    ["a timeout", timedOut, 1],
    ["a client error", denied, 2],
    ["a reset connection", reset, 2],
  ] as const)("allow the right number of parts after %s", ([, error, limit]) =>
    Effect.gen(function* () {
      const limits = SharedLimits.make()
      const { slot } = limits.of("a")
      assert(slot !== undefined)
      const exit = yield* Effect.exit(slot(Effect.fail(error), MiB))
      assert.strictEqual(exit._tag, "Failure")
      assert.strictEqual(limits.limit(), limit)
      assert.strictEqual(limits.inFlight(), 0)
    }),
  )

  it.effect("do not raise the parts in flight while the bandwidth limit holds them", () =>
    Effect.gen(function* () {
      const parsed = Result.getOrThrow(Bandwidth.parse("1M"))
      const limits = SharedLimits.make(yield* Bandwidth.make(parsed))
      const { pace, slot } = limits.of("a")
      assert(slot !== undefined && pace !== undefined)
      let sent = 0
      const send = (left: number): Effect.Effect<void> =>
        left <= 0 ? Effect.void : Effect.flatMap(pace(left), (bytes) => send(left - bytes))
      yield* Effect.forEach(
        Array.from({ length: 500 }),
        () => Effect.tap(slot(send(MiB / 4), MiB / 4), () => Effect.sync(() => (sent += MiB / 4))),
        { concurrency: 16 },
      ).pipe(Effect.forkScoped)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(limits.limit(), 2)
      assert.isAtLeast(sent, 58 * MiB)
      assert.isAtMost(sent, 61 * MiB)
    }).pipe(Effect.scoped),
  )

  it("do not pace without a bandwidth limit", () => {
    assert.isUndefined(SharedLimits.make().of("a").pace)
  })
})
