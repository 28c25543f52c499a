import { assert, describe, it } from "@effect/vitest"
import { stripVTControlCharacters } from "node:util"
import * as Printable from "../../../src/terminal/Printable.ts"
import * as Style from "../../../src/terminal/Style.ts"
import * as ProgressView from "../../../src/upload/progress/ProgressView.ts"

const file: ProgressView.FileProgress = {
  path: "/cards/A001/A001_C003.mov",
  name: "A001_C003.mov",
  position: 1,
  reading: { total: 4_200_000, sent: 2_500_000, confirmed: 2_100_000, rate: 525_000, left: 4000 },
}

const snapshot: ProgressView.Snapshot = {
  files: [file],
  run: { files: 2, finished: 0, reading: { ...file.reading, total: 8_400_000, left: 12_000 } },
  retries: 3,
  waiting: undefined,
  note: undefined,
  device: undefined,
}

/** The snapshot of a run that sends one file with the given changes. */
const one = (change: Partial<ProgressView.FileProgress>): ProgressView.Snapshot => ({
  ...snapshot,
  files: [{ ...file, ...change }],
})

const offline = { text: "offline since 12:03, next probe in 8 s", human: false }

describe("ProgressView", () => {
  it("draws the progress block in four lines, whether or not the upload is waiting", () => {
    const lines = ProgressView.block(snapshot, 80, Style.plain)
    assert.deepStrictEqual(lines, [
      "",
      "  A001_C003.mov                                                 4.2 MB  1 of 2",
      `  ${"━".repeat(35)}${"╍".repeat(6)}${"─".repeat(29)}  50 %`,
      "  confirmed 2.1 MB   sent 2.5 MB   525.0 kB/s   4 s left   3 retries",
      "  sending",
      "",
    ])
    assert.strictEqual(ProgressView.block({ ...snapshot, waiting: offline }, 80, Style.plain).length, 6)
  })

  it("fits any terminal with at least 24 columns, even with a long file name and a long reason", () => {
    const long: ProgressView.Snapshot = {
      ...one({
        name: `${"take".repeat(40)}.mov`,
        reading: { ...file.reading, rate: 123_456_789, left: 123_456_789 },
      }),
      waiting: { text: `waiting for a person: ${"reason ".repeat(30)}`, human: true },
    }
    for (const columns of [24, 40, 80, 200]) {
      for (const line of ProgressView.block(long, columns, Style.make(true))) {
        assert.isAtMost(Printable.line(line, false).length, columns)
      }
    }
  })

  it("wraps the reason and the counts on a narrow terminal to show the complete remedy", () => {
    const reason = "cannot reach api.frame.io: the network asks for a sign-in page; open a browser and sign in there"
    const narrow = ProgressView.block({ ...snapshot, waiting: { text: reason, human: true } }, 60, Style.plain)
    assert.deepStrictEqual(narrow.slice(3), [
      "  confirmed 2.1 MB   sent 2.5 MB   525.0 kB/s   4 s left",
      "  3 retries",
      "  cannot reach api.frame.io: the network asks for a",
      "  sign-in page; open a browser and sign in there",
      "",
    ])
  })

  it("prints the same text with and without color, and emits escape sequences only with color", () => {
    const plain = ProgressView.block(snapshot, 80, Style.make(false))
    assert.notInclude(plain.join("\n"), "\u001b")
    const colored = ProgressView.block(snapshot, 80, Style.make(true)).map((line) => Printable.line(line, true))
    assert.include(colored.join("\n"), "\u001b[")
    assert.deepStrictEqual(colored.map(stripVTControlCharacters), plain)
  })

  it("adds no lines and stays within the terminal width if a file name contains line breaks", () => {
    const hostile = { ...one({ name: "a\n\u001b[2Jb\u202ec.mov" }), waiting: { text: "down\r\nup", human: false } }
    const lines = ProgressView.block(hostile, 40, Style.plain)
    assert.strictEqual(lines.length, 7)
    for (const line of lines) assert.isAtMost(line.length, 40)
    assert.include(lines[1] ?? "", "\\u001b")
  })

  it("shows what a file is waiting for after its last byte has been sent", () => {
    const at = (sent: number, confirmed: number) =>
      one({ reading: { total: 3_000_000_000, sent, confirmed, rate: undefined, left: undefined } })
    const status = (sent: number, confirmed: number) =>
      ProgressView.block(at(sent, confirmed), 80, Style.plain).at(-2)?.trim()
    assert.strictEqual(status(2_999_999_999, 0), "sending")
    assert.strictEqual(status(3_000_000_000, 2_000_000_000), "all bytes sent, waiting for the storage to confirm them")
    const checking = "all bytes confirmed, checking the file and the stored bytes"
    assert.strictEqual(status(3_000_000_000, 3_000_000_000), checking)
    assert.isTrue(ProgressView.line(at(3_000_000_000, 3_000_000_000)).endsWith(`, ${checking}`))
  })

  it("prints the content of the progress block on one line", () => {
    assert.strictEqual(
      ProgressView.line({ ...snapshot, waiting: offline }),
      "A001_C003.mov (1 of 2): 50 % of 4.2 MB, confirmed 2.1 MB, sent 2.5 MB, 525.0 kB/s, 4 s left, 3 retries, " +
        "offline since 12:03, next probe in 8 s",
    )
  })

  it("fills the progress bar only when all bytes are confirmed", () => {
    const bar = (confirmed: number, sent: number) =>
      ProgressView.bar({ total: 100, sent, confirmed, rate: undefined, left: undefined }, 10, Style.plain)
    assert.strictEqual(bar(0, 0), "──────────")
    assert.strictEqual(bar(99, 100), "━━━━━━━━━╍")
    assert.strictEqual(bar(100, 100), "━━━━━━━━━━")
  })

  it("shows an empty file as complete", () => {
    const empty = { total: 0, sent: 0, confirmed: 0, rate: undefined, left: undefined }
    assert.include(ProgressView.line(one({ reading: empty })), "100 % of 0 B")
  })

  it("draws one line for each file and the totals if several files are sent at once", () => {
    const files = [1, 2, 3].map((n) => ({ ...file, name: `A001_C00${n}.mov`, position: n }))
    const reading = { total: 40_000_000, sent: 9_000_000, confirmed: 8_000_000, rate: 1_000_000, left: 32_000 }
    const many = { ...snapshot, files, run: { files: 20, finished: 5, reading }, device: "Night shoot, online" }
    const row = (n: number) =>
      `  A001_C00${n}.mov${" ".repeat(27)}${"━".repeat(15)}${"╍".repeat(2)}${"─".repeat(13)}  50 %`
    assert.deepStrictEqual(ProgressView.block(many, 80, Style.plain), [
      "",
      "  Night shoot, online",
      row(1),
      row(2),
      row(3),
      "  15 files and 32.0 MB left   confirmed 8.0 MB   sent 9.0 MB   1.0 MB/s",
      "  32 s left   3 retries",
      "  sending",
      "",
    ])
    assert.strictEqual(
      ProgressView.line(many),
      "3 files of 20: 20 % of 40.0 MB, 15 files and 32.0 MB left, confirmed 8.0 MB, sent 9.0 MB, 1.0 MB/s, 32 s left, 3 retries",
    )
  })

  it("shows at most six files and fits any terminal with at least 24 columns", () => {
    const files = Array.from({ length: 16 }, (_, n) => ({ ...file, name: `${"take".repeat(20)}${n}`, position: n + 1 }))
    const many = { ...snapshot, files, device: "project ".repeat(30) }
    for (const columns of [24, 40, 80, 200]) {
      const lines = ProgressView.block(many, columns, Style.make(true))
      for (const line of lines) assert.isAtMost(Printable.line(line, false).length, columns)
    }
    assert.include(ProgressView.block(many, 80, Style.plain), "  and 10 other files")
  })
})
