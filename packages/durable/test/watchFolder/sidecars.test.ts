import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { watching } from "../support/watching.ts"

describe("WatchFolder, with sidecar rules", () => {
  it.effect("holds a file back until its sidecar is there, and reports that once", () =>
    watching({ sidecars: [{ files: "*.MXF", sidecar: "{stem}.XML", then: "wait" }] }, ({ after, disk, events }) =>
      Effect.gen(function* () {
        disk.write("Clip/A001.MXF", 1)
        disk.write("Clip/other.txt", 1)
        assert.deepStrictEqual(yield* after("1 hours"), [
          "Found Clip/A001.MXF",
          "Found Clip/other.txt",
          "Finished Clip/other.txt",
          "Skipped Clip/A001.MXF sidecarMissing",
        ])
        const skipped = events.at(-1)
        assert.strictEqual(skipped?._tag === "Skipped" && skipped.detail, "waits for the sidecar A001.XML")
        disk.write("A001.XML", 1)
        assert.deepStrictEqual(yield* after("61 seconds"), ["Found A001.XML", "Finished A001.XML"])
        disk.write("Clip/A001.xml", 1)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found Clip/A001.xml", "Finished Clip/A001.MXF"])
      }),
    ),
  )

  it.effect("holds a file back if its sidecar is removed before the file is quiet", () =>
    watching({ sidecars: [{ files: "*.MXF", sidecar: "{stem}.XML", then: "wait" }] }, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("A001.MXF", 1)
        disk.write("A001.XML", 1)
        yield* after("30 seconds")
        disk.remove("A001.XML")
        assert.deepStrictEqual(yield* after("1 minutes"), ["Skipped A001.MXF sidecarMissing"])
      }),
    ),
  )

  it.effect("needs the quiet time of the file even if its sidecar is there", () =>
    watching({ sidecars: [{ files: "*.MXF", sidecar: "{stem}.XML", then: "wait" }] }, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("A001.XML", 1)
        yield* after("61 seconds")
        disk.write("A001.MXF", 1)
        assert.deepStrictEqual(yield* after("59 seconds"), ["Found A001.MXF"])
        assert.deepStrictEqual(yield* after("2 seconds"), ["Finished A001.MXF"])
      }),
    ),
  )

  it.effect("emits a file at once when its sidecar arrives, even if no pattern includes the sidecar", () =>
    watching(
      {
        include: ["*.MP4"],
        exclude: ["*.XML"],
        sidecars: [{ files: "*.MP4", sidecar: "{stem}M01.XML", then: "finish" }],
      },
      ({ after, disk }) =>
        Effect.gen(function* () {
          disk.write("C0001.MP4", 1)
          disk.write("C0002.MP4", 1)
          assert.deepStrictEqual(yield* after("10 seconds"), ["Found C0001.MP4", "Found C0002.MP4"])
          disk.write("C0001M01.XML", 1)
          assert.deepStrictEqual(yield* after("1 seconds"), ["Finished C0001.MP4"])
          assert.deepStrictEqual(yield* after("50 seconds"), ["Finished C0002.MP4"])
        }),
    ),
  )

  it.effect("needs the quiet time again if a file changes after its sidecar finished it", () =>
    watching({ sidecars: [{ files: "*.MP4", sidecar: "{name}.md5", then: "finish" }] }, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.MP4.md5", 1)
        disk.write("a.MP4", 1)
        assert.deepStrictEqual(yield* after("1 seconds"), ["Found a.MP4.md5", "Found a.MP4", "Finished a.MP4"])
        disk.write("a.MP4", 2)
        assert.deepStrictEqual(yield* after("59 seconds"), ["Found a.MP4"])
        assert.deepStrictEqual(yield* after("2 seconds"), ["Finished a.MP4.md5", "Changed a.MP4"])
      }),
    ),
  )

  it.effect("finds a sidecar on a file system that is polled", () =>
    watching(
      { sidecars: [{ files: "*.MXF", sidecar: "{stem}.XML", then: "wait" }] },
      ({ after, disk }) =>
        Effect.gen(function* () {
          yield* after("2 minutes")
          disk.write("a.XML", 1)
          assert.deepStrictEqual(yield* after("11 seconds"), ["Found a.XML", "Finished a.MXF"])
        }),
      (disk) => {
        disk.unreported = "SMB"
        disk.write("a.MXF", 1)
      },
    ),
  )

  it.effect("does not hold back a sidecar to which its own rule applies", () =>
    watching({ sidecars: [{ files: "*", sidecar: "{stem}.XML", then: "wait" }] }, ({ after, disk }) =>
      Effect.gen(function* () {
        disk.write("a.MXF", 1)
        disk.write("a.XML", 1)
        assert.deepStrictEqual(yield* after("61 seconds"), [
          "Found a.MXF",
          "Found a.XML",
          "Finished a.MXF",
          "Finished a.XML",
        ])
      }),
    ),
  )
})
