import { assert, describe, it } from "@effect/vitest"
import type * as Event from "holdfast/Event"
import * as Style from "../../src/terminal/Style.ts"
import * as UploadView from "../../src/upload/View.ts"

const file: Event.File = {
  path: "clip.mov",
  bytes: 5_119_618,
  chunks: 20,
  sha256: "51f16b9a367478b3097a880e525ac696e4e266d13b2108b5aac9ff153b1583e2",
  verified: true,
}

const summary: Event.Summary = {
  type: "summary",
  outcome: "uploaded",
  exitCode: 0,
  files: [file],
  attempts: 54,
  retries: 17,
  errors: { ConnectionReset: 12, SlowDown: 1 },
  gates: { connectivity: { closed: 8, waitedMs: 6100 }, authorization: { closed: 0, waitedMs: 0 } },
  elapsedMs: 17_400,
}

describe("Report", () => {
  it("says what arrived and what proves it, within 80 columns", () => {
    assert.deepStrictEqual(UploadView.file(file, 16_900, Style.plain), [
      "uploaded  clip.mov",
      "  5.1 MB in 20 chunks, 16.9 s, stored as it is here",
      "  sha256 51f16b9a367478b3097a880e525ac696e4e266d13b2108b5aac9ff153b1583e2",
    ])
  })

  it("claims no more proof than there is", () => {
    const lines = (entry: Event.File) => UploadView.file(entry, 1000, Style.plain).slice(1)
    assert.deepStrictEqual(lines({ ...file, sha256: null }), [
      "  5.1 MB in 20 chunks, 1.0 s, the MD5 of every chunk confirmed by the storage",
    ])
    assert.deepStrictEqual(lines({ ...file, sha256: null, verified: false }), [
      "  5.1 MB in 20 chunks, 1.0 s, every chunk acknowledged, no MD5 stated by the storage",
    ])
  })

  it("tells what the run went through, most frequent faults first", () => {
    assert.deepStrictEqual(UploadView.journey(summary, Style.plain), [
      "",
      "  elapsed        17.4 s",
      "  attempts       54, 17 retries, 13 faults",
      "  connectivity   closed 8 times, 6.1 s waited",
      "  authorization  open throughout",
      "",
      "  faults met",
      "    ConnectionReset   12",
      "    SlowDown           1",
      "",
    ])
  })

  it("lists no faults where there were none", () => {
    const lines = UploadView.journey({ ...summary, errors: {} }, Style.plain)
    assert.notInclude(lines.join("\n"), "faults met")
  })
})
