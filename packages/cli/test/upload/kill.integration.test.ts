/**
 * Uploads of real processes that are killed while they send.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type * as Event from "holdfast/Event"
import * as Path from "node:path"
import * as OneRun from "../support/oneRun.ts"
import { scene, within } from "../support/paired.ts"
import { created, start, summaryOf } from "../support/uploadProcess.ts"

const outcomes = ({ files }: Event.Summary) =>
  files.map(({ outcome, path }) => [Path.basename(path), outcome]).toSorted()

describe("an upload whose process is killed", () => {
  it.live(
    "continues in the next process, and sends at most the chunks again that were in flight",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const file = Path.join(folder, "A.mov")
          const first = start(folder, [file, "--api", api, "--parallel", "2", "--bandwidth", "400k"])
          yield* first.untilConfirmed(3)
          yield* first.kill
          const confirmed = first.events().filter(({ type }) => type === "chunk-confirmed").length
          const second = start(folder, ["--api", api])
          yield* second.ended
          assert.strictEqual(second.exitCode(), 0, second.stderr())
          const [entry] = summaryOf(second).files
          assert.deepInclude(entry, { path: file, outcome: "uploaded", verified: true, resumed: true })
          const { chunkSize = 0 } = created(first)[0] ?? {}
          assert.isAtMost(entry?.resentBytes ?? Number.NaN, 2 * chunkSize)
          const resumed = second.events().find((event) => event.type === "resumed")
          assert.isAtLeast(resumed?.confirmedChunks ?? 0, confirmed)
          assert.lengthOf(created(second), 0)
        }),
      ),
    120_000,
  )

  it.live(
    "is taken over by a process that followed it",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const [a, b] = [Path.join(folder, "A.mov"), Path.join(folder, "B.mov")]
          const first = start(folder, [a, "--api", api, "--bandwidth", "200k"])
          yield* first.untilConfirmed(1)
          const second = start(folder, [b, "--api", api])
          yield* second.untilSaid("another process is sending the queue; this run follows it")
          yield* first.kill
          yield* second.ended
          assert.strictEqual(second.exitCode(), 0, second.stderr())
          assert.include(second.stderr(), "the other process has stopped; this run sends the queue now")
          assert.deepStrictEqual(outcomes(summaryOf(second)), [
            ["A.mov", "uploaded"],
            ["B.mov", "uploaded"],
          ])
          assert.lengthOf([...created(first), ...created(second)], 2)
        }),
      ),
    120_000,
  )

  it.live(
    "is followed to its end by a process that adds a file",
    () =>
      scene((api, folder) =>
        Effect.gen(function* () {
          const queue = (action: string) => within(folder, OneRun.command(["queue", action, "--api", api]))
          const first = start(folder, [Path.join(folder, "A.mov"), "--api", api, "--bandwidth", "1M"])
          yield* first.untilConfirmed(1)
          // The first process must not end before the second one follows it, however busy the machine is.
          yield* queue("pause")
          yield* first.untilSaid("the queue is paused")
          const second = start(folder, [Path.join(folder, "B.mov"), "--api", api])
          yield* second.untilSaid("another process is sending the queue; this run follows it")
          yield* queue("resume")
          yield* Effect.andThen(second.ended, first.ended)
          assert.deepStrictEqual([first.exitCode(), second.exitCode()], [0, 0], second.stderr())
          assert.deepStrictEqual(outcomes(summaryOf(second)), [["B.mov", "uploaded"]])
          assert.deepInclude(summaryOf(second).files[0], { verified: true, bytes: 300_000 })
          assert.lengthOf(
            second.events().filter(({ type }) => type === "file"),
            1,
          )
          assert.lengthOf(created(second), 0)
        }),
      ),
    120_000,
  )
})
