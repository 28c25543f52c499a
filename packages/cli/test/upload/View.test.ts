import { assert, describe, it } from "@effect/vitest"
import type * as Event from "holdfast/Event"
import * as Style from "../../src/terminal/Style.ts"
import * as UploadView from "../../src/upload/View.ts"

const file: Event.File = {
  path: "clip.mov",
  outcome: "uploaded",
  bytes: 5_119_618,
  chunks: 20,
  sha256: "51f16b9a367478b3097a880e525ac696e4e266d13b2108b5aac9ff153b1583e2",
  verified: true,
  resumed: false,
  resentBytes: 0,
}

const summary: Event.Summary = {
  type: "summary",
  time: "2026-11-21T17:24:01.123Z",
  outcome: "uploaded",
  exitCode: 0,
  files: [file],
  counts: { uploaded: 1, unverified: 0, skipped: 0, failed: 0, interrupted: 0, queued: 0 },
  attempts: 54,
  retries: 17,
  errors: { ConnectionReset: 12, SlowDown: 1 },
  gates: { connectivity: { closed: 8, waitedMs: 6100 }, authorization: { closed: 0, waitedMs: 0 } },
  elapsedMs: 17_400,
}

describe("Report", () => {
  it("reports the uploaded file and the proof of its integrity within 80 columns", () => {
    assert.deepStrictEqual(UploadView.file(file, 16_900, Style.plain), [
      "uploaded  clip.mov",
      "  5.1 MB in 20 chunks, 16.9 s, stored bytes match the file",
      "  sha256 51f16b9a367478b3097a880e525ac696e4e266d13b2108b5aac9ff153b1583e2",
    ])
  })

  it("states only what the available proof supports", () => {
    const lines = (entry: Event.File) => UploadView.file(entry, 1000, Style.plain).slice(1)
    assert.deepStrictEqual(lines({ ...file, sha256: null }), [
      "  5.1 MB in 20 chunks, 1.0 s, the storage confirmed the MD5 of every chunk",
    ])
    assert.deepStrictEqual(lines({ ...file, sha256: null, verified: false }), [
      "  5.1 MB in 20 chunks, 1.0 s, every chunk acknowledged; the storage sent no MD5",
    ])
  })

  it("lists the totals of the run, and then the faults, most frequent first", () => {
    assert.deepStrictEqual(UploadView.journey(summary, Style.plain), [
      "",
      "  elapsed        17.4 s",
      "  attempts       54, 17 retries, 13 faults",
      "  connectivity   closed 8 times, 6.1 s waited",
      "  authorization  open throughout",
      "",
      "  faults",
      "    ConnectionReset   12",
      "    SlowDown           1",
      "",
    ])
  })

  it("does not count the initial closed state of a gate as a closure", () => {
    const gates = { ...summary.gates, connectivity: { closed: 0, waitedMs: 200 } }
    assert.include(UploadView.journey({ ...summary, gates }, Style.plain), "  connectivity   0.2 s waited")
  })

  it("omits the fault list if no faults occurred", () => {
    const lines = UploadView.journey({ ...summary, errors: {} }, Style.plain)
    assert.notInclude(lines.join("\n"), "  faults")
  })

  it("reports an unverified upload as not proven and an empty file as empty", () => {
    const lines = (entry: Event.File) => UploadView.file(entry, 1000, Style.plain)
    assert.deepStrictEqual(lines({ ...file, outcome: "unverified", sha256: null, verified: false }), [
      "unverified  clip.mov",
      "  5.1 MB in 20 chunks, 1.0 s, NOT PROVEN to be stored",
    ])
    assert.deepStrictEqual(lines({ ...file, bytes: 0, chunks: 1, sha256: null }), [
      "uploaded  clip.mov",
      "  an empty file: 0 B in 1 chunk, 1.0 s, the storage confirmed the MD5 of every chunk",
    ])
  })

  describe("the last lines", () => {
    const none = { uploaded: 0, unverified: 0, skipped: 0, failed: 0, interrupted: 0, queued: 0 }
    const of = (outcome: Event.Summary["outcome"], outcomes: ReadonlyArray<Event.FileOutcome>) => {
      const files = outcomes.map((one, index) => ({ ...file, path: `${index}.mov`, outcome: one }))
      const counts = { ...none }
      for (const one of outcomes) counts[one]++
      return UploadView.tally({ ...summary, outcome, files, counts }, Style.plain, "holdfast upload")
    }

    it("reports how many files arrived, and lists the remaining files", () => {
      const many = Array.from({ length: 497 }, () => "uploaded" as const)
      assert.deepStrictEqual(of("partial", [...many, "failed", "failed", "unverified"]), [
        "holdfast: 497 arrived, 1 not proven to have arrived, 2 failed; send only the files listed below again",
        "  failed      497.mov",
        "  failed      498.mov",
        "  unverified  499.mov",
      ])
      assert.deepStrictEqual(of("uploaded", ["uploaded", "uploaded"]), ["holdfast: 2 arrived"])
      assert.deepStrictEqual(of("failed", ["failed", "skipped"]), [
        "holdfast: 0 arrived, 1 failed, 1 not sent",
        "  failed   0.mov",
        "  skipped  1.mov",
      ])
    })

    it("never suggests sending an uploaded file again after an interruption", () => {
      assert.deepStrictEqual(of("interrupted", ["uploaded", "interrupted", "interrupted"]), [
        "holdfast: interrupted: 1 arrived, 2 interrupted; run holdfast upload without files to continue",
        "  interrupted  1.mov",
        "  interrupted  2.mov",
      ])
      assert.deepStrictEqual(of("interrupted", ["interrupted"]), [
        "holdfast: interrupted: 0 arrived, 1 interrupted; run holdfast upload without files to continue",
        "  interrupted  0.mov",
      ])
    })

    it("omits the summary for a single file that already has its own line", () => {
      assert.deepStrictEqual(of("uploaded", ["uploaded"]), [])
      assert.deepStrictEqual(of("failed", ["failed"]), [])
    })
  })
})
