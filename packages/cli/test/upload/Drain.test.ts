/**
 * A run over a queue whose events are scripted.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Verdict from "@holdfast/core/Verdict"
import { Queue } from "@holdfast/durable"
import { JournalOwned } from "@holdfast/durable/JournalError"
import type { DrainOptions } from "@holdfast/durable/Queue"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Effect, Fiber, Latch, Layer, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import * as Drain from "../../src/upload/Drain.ts"
import * as Failures from "../../src/upload/failures/Failures.ts"
import * as UploadState from "../../src/upload/State.ts"
import { record } from "../support/uploadRecords.ts"

const receipt = (path: string) => ({
  path,
  assetId: "asset",
  name: "A.mov",
  bytes: 10,
  chunks: 1,
  verified: true,
  unproven: 0,
  resumed: false,
  resentBytes: 0,
})

const owned = new JournalOwned({
  verdict: Verdict.always(),
  path: "/journal.db",
  detail: "process 7",
  action: "wait",
})

type Options = DrainOptions & { readonly onEvent: NonNullable<DrainOptions["onEvent"]> }

/** Drains a queue whose `drain` is the given script. The first `own` records are files of this run. */
const draining = (
  setup: {
    readonly records?: ReadonlyArray<UploadRecord>
    readonly own?: number
    readonly more?: Effect.Effect<void>
  },
  script: (
    options: Options,
    list: SubscriptionRef.SubscriptionRef<ReadonlyArray<UploadRecord>>,
  ) => ReturnType<Queue["Service"]["drain"]>,
) =>
  Effect.gen(function* () {
    const { more, own = 0, records = [] } = setup
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const list = yield* SubscriptionRef.make(records)
    const needed = yield* Latch.make(true)
    const reported: Array<string> = []
    const services = Layer.mergeAll(
      Output.layerMemory(lines),
      Layer.mock(Queue, {
        list: SubscriptionRef.get(list),
        changes: SubscriptionRef.changes(list),
        receipt: ({ path }) => Effect.succeed(receipt(path)),
        drain: (options = {}) => script({ ...options, onEvent: options.onEvent ?? (() => Effect.void) }, list),
      }),
    )
    const mine = records.slice(0, own)
    const run = yield* Output.use((output) =>
      UploadState.make({ paths: mine.map(({ path }) => path), json: true, output }),
    ).pipe(Effect.provide(services))
    const indexes = new Map(mine.map(({ id }, index) => [id, index]))
    const end = (index: number, text: string) =>
      Effect.sync(() => {
        reported.push(`${index} ${text}`)
        run.update(index, { outcome: text === "done" ? "ok" : "some" })
      })
    const fiber = yield* Effect.forkChild(
      Drain.drain(
        run,
        indexes,
        needed,
        {
          createAgain: false,
          failures: Failures.make(),
          parallel: 4,
          acceptUnverified: false,
          verifySource: true,
          more,
        },
        {
          done: (index) => end(index, "done"),
          failed: (index, { _tag }) => end(index, _tag),
          ended: (index, { tag }) => end(index, tag),
          event: () => Effect.void,
        },
      ).pipe(Effect.provide(services)),
      { startImmediately: true },
    )
    /** Whether the run needs a token now. */
    const isNeeded = Effect.raceFirst(Effect.as(needed.await, true), Effect.as(Effect.yieldNow, false))
    return { run, lines, list, indexes, reported, fiber, isNeeded }
  })

const [a, b] = [
  record({ id: "a", seq: 1, path: "/card/A.mov" }),
  record({ id: "b", seq: 2, path: "/card/B.mov", file: { bytes: 5, modifiedNs: "0", inode: "0" } }),
]

const created = { _tag: "AssetCreated", assetId: "asset", chunks: 1, chunkSize: 10 } as const

describe("a run that sends the queue", () => {
  it.effect("continues with the files that an earlier run left, and says so", () =>
    Effect.gen(function* () {
      const { fiber, lines, reported, run } = yield* draining({ records: [a, b], own: 1 }, ({ onEvent }) =>
        Effect.forEach(
          [a, b],
          (one) =>
            Effect.andThen(
              onEvent({ _tag: "Started", record: one }),
              onEvent({ _tag: "Done", record: { ...one, state: "done" }, receipt: receipt(one.path) }),
            ),
          { discard: true },
        ),
      )
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 done", "1 done"])
      assert.deepStrictEqual(lines.stderr, ["holdfast: continuing with 1 file that an earlier run left in the queue"])
      assert.strictEqual(run.files.total(), 2)
    }),
  )

  it.effect("passes the options of the run to the queue, and holds uploads while the storage is unavailable", () =>
    Effect.gen(function* () {
      let passed: DrainOptions = {}
      const { fiber } = yield* draining({ records: [a], own: 1 }, (options) =>
        Effect.andThen(
          Effect.sync(() => {
            passed = options
          }),
          options.onEvent({ _tag: "Done", record: a, receipt: receipt(a.path) }),
        ),
      )
      yield* Fiber.join(fiber)
      assert.deepInclude(passed, {
        onStorageOutage: "hold",
        onUnverified: "fail",
        verifySource: true,
        parallel: 4,
        forever: false,
      })
    }),
  )

  it.effect("needs a token only while a file waits for its asset and no other file is being sent", () =>
    Effect.gen(function* () {
      const step = yield* Latch.make(false)
      const steps: ReadonlyArray<Parameters<Options["onEvent"]>[0]> = [
        { _tag: "Started", record: a },
        { _tag: "Upload", id: "a", path: a.path, event: created },
        { _tag: "Started", record: b },
        { _tag: "Done", record: a, receipt: receipt(a.path) },
        { _tag: "Upload", id: "b", path: b.path, event: { _tag: "Recreated", reason: "the URLs have expired" } },
        { _tag: "Failed", record: b, error: owned },
      ]
      const { fiber, isNeeded } = yield* draining({ records: [a, b], own: 2 }, ({ onEvent }) =>
        Effect.forEach(steps, (event) => Effect.andThen(onEvent(event), Effect.andThen(step.await, step.close)), {
          discard: true,
        }),
      )
      const needs: Array<boolean> = []
      for (const _ of steps) {
        needs.push(yield* isNeeded)
        yield* step.open
        for (let n = 0; n < 20; n++) yield* Effect.yieldNow
      }
      assert.deepStrictEqual(needs, [true, false, false, true, true, true])
      yield* Fiber.join(fiber)
    }),
  )

  it.effect("reports a failed and a canceled file, and shows that the queue is paused", () =>
    Effect.gen(function* () {
      const { fiber, lines, reported } = yield* draining({ records: [a, b], own: 2 }, ({ onEvent }) =>
        Effect.forEach(
          [
            { _tag: "Failed", record: a, error: owned },
            { _tag: "Paused" },
            { _tag: "Unpaused" },
            { _tag: "Canceled", record: b },
          ] as const,
          onEvent,
          { discard: true },
        ),
      )
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 JournalOwned", "1 Canceled"])
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: the queue is paused; run holdfast queue resume",
        "holdfast: the queue is no longer paused",
      ])
    }),
  )

  it.effect("reports a file that another process removed, which ends without an event", () =>
    Effect.gen(function* () {
      const { fiber, reported } = yield* draining({ records: [a], own: 1 }, (_, list) => SubscriptionRef.set(list, []))
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 Removed"])
    }),
  )
})

describe("a run that follows another process", () => {
  it.effect("reports its files as the other process sends them, and ends with them", () =>
    Effect.gen(function* () {
      const { fiber, isNeeded, lines, list, reported } = yield* draining({ records: [a, b], own: 1 }, () =>
        Effect.fail(owned),
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(lines.stderr, ["holdfast: another process is sending the queue; this run follows it"])
      assert.isFalse(yield* isNeeded)
      assert.isUndefined(fiber.pollUnsafe())
      yield* SubscriptionRef.set(list, [{ ...a, state: "done" as const }, b])
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 done"])
    }),
  )

  it.effect("follows all files of the queue if it has none of its own", () =>
    Effect.gen(function* () {
      const { fiber, list, reported, run } = yield* draining({ records: [a, b] }, () => Effect.fail(owned))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(run.files.total(), 2)
      yield* SubscriptionRef.set(list, [
        { ...a, state: "done" as const },
        { ...b, state: "done" as const },
      ])
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 done", "1 done"])
    }),
  )

  it.effect("takes over within a second after the other process has stopped", () =>
    Effect.gen(function* () {
      let isOwned = true
      const { fiber, lines, reported } = yield* draining({ records: [a], own: 1 }, ({ onEvent }) =>
        Effect.suspend(() =>
          isOwned ? Effect.fail(owned) : onEvent({ _tag: "Done", record: a, receipt: receipt(a.path) }),
        ),
      )
      yield* TestClock.adjust("3 seconds")
      isOwned = false
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(reported, ["0 done"])
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: another process is sending the queue; this run follows it",
        "holdfast: the other process has stopped; this run sends the queue now",
      ])
    }),
  )
})

describe("a run that adds files until it is interrupted", () => {
  it.effect("does not end with the last file, and forgets the uploads that have ended", () =>
    Effect.gen(function* () {
      let hasBegun = false
      const more = Effect.sync(() => {
        hasBegun = true
      })
      const { fiber, indexes, lines, reported, run } = yield* draining(
        { records: [a], more },
        ({ forever, onEvent }) => {
          assert.isTrue(forever)
          return Effect.forEach(
            [
              { _tag: "Started", record: a },
              { _tag: "Done", record: a, receipt: receipt(a.path) },
            ] as const,
            onEvent,
          ).pipe(Effect.andThen(Effect.never))
        },
      )
      yield* TestClock.adjust("1 hour")
      assert.isTrue(hasBegun)
      assert.isUndefined(fiber.pollUnsafe())
      assert.deepStrictEqual([reported, lines.stderr, run.files.open().length, indexes.size], [["0 done"], [], 0, 0])
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("adds files to the queue that another process sends, and shows them", () =>
    Effect.gen(function* () {
      const { fiber, indexes, lines, list, reported } = yield* draining({ records: [], more: Effect.void }, () =>
        Effect.fail(owned),
      )
      yield* TestClock.adjust("1 second")
      yield* SubscriptionRef.set(list, [a])
      yield* TestClock.adjust("1 second")
      yield* SubscriptionRef.set(list, [{ ...a, state: "done" as const }])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(reported, ["0 done"])
      assert.strictEqual(indexes.size, 0)
      assert.isUndefined(fiber.pollUnsafe())
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: another process is sending the queue; this run adds files to it",
      ])
      yield* Fiber.interrupt(fiber)
    }),
  )
})
