import { assert, describe, it } from "@effect/vitest"
import { stripVTControlCharacters } from "node:util"
import * as Printable from "../../src/terminal/Printable.ts"
import * as Style from "../../src/terminal/Style.ts"
import * as ProgressView from "../../src/upload/ProgressView.ts"

const snapshot: ProgressView.Snapshot = {
  path: "/cards/A001/A001_C003.mov",
  name: "A001_C003.mov",
  position: { index: 1, of: 2 },
  reading: { total: 4_200_000, sent: 2_500_000, confirmed: 2_100_000, rate: 525_000, left: 4000 },
  retries: 3,
  waiting: undefined,
  note: undefined,
}

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
      ...snapshot,
      name: `${"take".repeat(40)}.mov`,
      waiting: { text: `waiting for a person: ${"reason ".repeat(30)}`, human: true },
      reading: { ...snapshot.reading, rate: 123_456_789, left: 123_456_789 },
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
    const hostile = { ...snapshot, name: "a\n\u001b[2Jb\u202ec.mov", waiting: { text: "down\r\nup", human: false } }
    const lines = ProgressView.block(hostile, 40, Style.plain)
    assert.strictEqual(lines.length, 7)
    for (const line of lines) assert.isAtMost(line.length, 40)
    assert.include(lines[1] ?? "", "\\u001b")
  })

  it("shows what a file is waiting for after its last byte has been sent", () => {
    const at = (sent: number, confirmed: number) => ({
      ...snapshot,
      note: undefined,
      waiting: undefined,
      reading: { total: 3_000_000_000, sent, confirmed, rate: undefined, left: undefined },
    })
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
    assert.include(ProgressView.line({ ...snapshot, reading: empty }), "100 % of 0 B")
  })
})
