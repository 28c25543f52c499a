/**
 * A watched folder on a disk in memory, whose finished files go to a scripted queue.
 */
import { assert, describe, it } from "@effect/vitest"
import { FileMissing } from "@holdfast/c2c/LocalFileError"
import * as Verdict from "@holdfast/core/Verdict"
import { Queue } from "@holdfast/durable"
import { JournalUnwritable } from "@holdfast/durable/JournalError"
import type { AddError, AddRequest } from "@holdfast/durable/Queue"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import { WatchFiles } from "../../../durable/src/internal/watch/watchFiles.ts"
import { ScriptedDisk } from "../../../durable/test/support/scriptedDisk.ts"
import * as UploadState from "../../src/upload/State.ts"
import * as Watching from "../../src/watch/Watching.ts"
import { record } from "../support/uploadRecords.ts"

const watching = (
  disk: ScriptedDisk,
  refuse: (path: string) => AddError | undefined = () => undefined,
  { realtime = false, list = [] }: { readonly realtime?: boolean; readonly list?: ReadonlyArray<UploadRecord> } = {},
) =>
  Effect.gen(function* () {
    const lines = { stdout: new Array<string>(), stderr: new Array<string>() }
    const added: Array<AddRequest> = []
    const services = Layer.mergeAll(
      Output.layerMemory(lines),
      Layer.mock(Queue, {
        add: (files) =>
          Effect.suspend(() => {
            const error = files.map(({ path }) => refuse(path)).find((one) => one !== undefined)
            if (error !== undefined) return Effect.fail(error)
            added.push(...files)
            return Effect.succeed([])
          }),
        list: Effect.succeed(list),
      }),
    )
    const fiber = yield* Effect.gen(function* () {
      const run = yield* Output.use((output) => UploadState.make({ paths: [], json: true, output }))
      return yield* Watching.add(run, "/card", { realtime })
    }).pipe(
      Effect.provide(services),
      Effect.provideService(WatchFiles, disk.files),
      Effect.forkChild({ startImmediately: true }),
    )
    const events = () =>
      lines.stdout.map((line) => {
        const { at: _at, time: _time, ...event } = JSON.parse(line)
        return event
      })
    return { added, lines, events, fiber }
  })

describe("a watched folder", () => {
  it.effect("adds a file when it is finished, unless its content was uploaded before", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      const { added, events, fiber } = yield* watching(disk)
      yield* TestClock.adjust("1 second")
      disk.write("A.mov", 100)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(events(), [{ type: "found", path: "/card/A.mov", bytes: 100 }])
      assert.deepStrictEqual(added, [])
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(added, [{ path: "/card/A.mov", skipUploaded: true }])
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("adds the new content of a file that changed after it was added, and says so", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      disk.write("A.mov", 100)
      const { added, fiber, lines } = yield* watching(disk)
      yield* TestClock.adjust("2 minutes")
      disk.write("A.mov", 200)
      yield* TestClock.adjust("2 minutes")
      assert.lengthOf(added, 2)
      assert.deepStrictEqual(lines.stderr, [
        "holdfast: /card/A.mov changed after it was added; its new content is added as another upload",
      ])
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("continues with the other files if one cannot be added", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      for (const name of ["A.mov", "B.mov"]) disk.write(name, 100)
      const missing = new FileMissing({ verdict: Verdict.never({ change: "human" }), path: "/card/A.mov" })
      const { added, fiber, lines } = yield* watching(disk, (path) => (path.endsWith("A.mov") ? missing : undefined))
      yield* TestClock.adjust("2 minutes")
      assert.deepStrictEqual(
        added.map(({ path }) => path),
        ["/card/B.mov"],
      )
      assert.lengthOf(lines.stderr, 1)
      assert.match(lines.stderr[0] ?? "", /^holdfast: \/card\/A\.mov was not added: /)
      yield* Fiber.interrupt(fiber)
    }),
  )

  it.effect("ends with the error of the journal, because no other file could be added", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      disk.write("A.mov", 100)
      const fields = {
        verdict: Verdict.always(),
        path: "/journal.db",
        detail: "no space left",
        action: "free some space",
      }
      const { fiber } = yield* watching(disk, () => new JournalUnwritable(fields))
      yield* TestClock.adjust("2 minutes")
      assert.strictEqual((yield* Effect.flip(Fiber.join(fiber)))._tag, "JournalUnwritable")
    }),
  )

  it.effect("reports a folder that vanishes and comes back", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      const { events, fiber, lines } = yield* watching(disk)
      yield* TestClock.adjust("1 second")
      const kept = new Map(disk.nodes)
      disk.nodes.clear()
      yield* TestClock.adjust("1 minute")
      assert.match(lines.stderr[0] ?? "", /^holdfast: waiting for the folder \/card: /)
      disk.nodes = kept
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(lines.stderr[1], "holdfast: the folder /card is back")
      assert.deepStrictEqual(
        events().map(({ state, type }) => [type, state]),
        [
          ["folder", "missing"],
          ["folder", "watched"],
        ],
      )
      yield* Fiber.interrupt(fiber)
    }),
  )
})

const MiB = 1024 * 1024

/** Records a file of 7 MiB and waits until it is finished. Returns what was added. */
const recorded = (list: ReadonlyArray<UploadRecord>, refuse?: (path: string) => AddError | undefined) =>
  Effect.gen(function* () {
    const disk = new ScriptedDisk()
    const { added, events, fiber } = yield* watching(disk, refuse, { realtime: true, list })
    yield* TestClock.adjust("1 second")
    for (const bytes of [1, 5 * MiB, 6 * MiB, 7 * MiB]) {
      disk.write("A.mov", bytes)
      yield* TestClock.adjust("10 seconds")
    }
    const before = added.length
    yield* TestClock.adjust("2 minutes")
    yield* Fiber.interrupt(fiber)
    return { during: added.slice(0, before), after: added.slice(before), events }
  })

describe("a folder that is watched in real time", () => {
  it.effect("adds a growing file once, as a recording, when it is larger than the first part", () =>
    Effect.gen(function* () {
      const { after, during, events } = yield* recorded([])
      assert.deepStrictEqual(during, [{ path: "/card/A.mov", recording: { quietTime: undefined }, skipUploaded: true }])
      assert.deepStrictEqual(after, [])
      assert.deepInclude(events(), { type: "recording", path: "/card/A.mov", bytes: 6 * MiB })
    }),
  )

  it.effect("adds a file that does not grow as a complete file", () =>
    Effect.gen(function* () {
      const disk = new ScriptedDisk()
      disk.write("A.mov", 7 * MiB)
      const { added, fiber } = yield* watching(disk, undefined, { realtime: true })
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(added, [{ path: "/card/A.mov", skipUploaded: true }])
    }),
  )

  it.effect.each([
    ["shortened", "FileChanged", 1],
    ["rewrote", "RecordingRewritten", 0],
  ] as const)("adds the finished file if the recorder %s it (%s: %s times)", ([, tag, times]) =>
    Effect.gen(function* () {
      const error = { tag, message: "it changed", exitCode: 7 }
      const failed = record({ path: "/card/A.mov", state: "failed", quietMillis: 60_000, error })
      const { after } = yield* recorded([failed])
      assert.deepStrictEqual(
        after,
        Array.from({ length: times }, () => ({ path: "/card/A.mov", skipUploaded: true })),
      )
    }),
  )

  it.effect("adds the finished file if the recording could not be added", () =>
    Effect.gen(function* () {
      let refusals = 1
      const { after, during } = yield* recorded([], (path) =>
        refusals-- > 0 ? new FileMissing({ path, verdict: Verdict.never() }) : undefined,
      )
      assert.deepStrictEqual([during, after], [[], [{ path: "/card/A.mov", skipUploaded: true }]])
    }),
  )
})
