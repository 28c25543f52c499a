import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as QueueView from "../../src/queue/View.ts"
import * as Columns from "../../src/terminal/Columns.ts"
import * as Style from "../../src/terminal/Style.ts"
import { record } from "../support/uploadRecords.ts"

const error = { tag: "FileChanged", message: "the file changed; send it again", exitCode: 7 }

describe("The list of the queue", () => {
  it("shows the state, the size and the confirmed share of each upload, its error, and the totals", () => {
    const records = [
      record({ state: "sending", confirmed: 2_100_000 }),
      record({ id: "90aa33333333", state: "failed", path: "/media/card/B.mov", error }),
    ]
    assert.deepStrictEqual(QueueView.lines(records, true, 80, Style.plain), [
      "7f3a0000  sending       4.2 MB    50 %  /media/card/A001_C003.mov",
      "90aa3333  failed        4.2 MB     0 %  /media/card/B.mov",
      "          the file changed; send it again",
      "2 uploads: 1 sending, 1 failed",
      "the queue is paused; run holdfast queue resume",
    ])
  })

  it("shows an upload that has ended on a worker with its identifier, within the columns of a terminal", () => {
    const failed = record({ id: "90aa33333333", path: `/media/${"card/".repeat(20)}B.mov` })
    const message = `${failed.path}: the worker on cart-2 cannot read the file; mount the folder`
    const shown = QueueView.ended(failed, "failed", message, 60, Style.plain)
    assert.strictEqual(shown[0], "90aa3333  failed        4.2 MB  …d/card/card/card/card/B.mov")
    assert.isTrue(shown.every((line) => Columns.width(line) <= 60))
    assert.deepStrictEqual(QueueView.ended(failed, "uploaded", undefined, undefined, Style.plain), [
      `90aa3333  uploaded      4.2 MB  ${failed.path}`,
    ])
  })

  it("shows a recording without a share until it has ended", () => {
    const growing = record({ state: "sending", quietMillis: 60_000, chunks: 0, confirmed: 4_200_000 })
    const ended = record({ state: "sending", quietMillis: 60_000, chunks: 3, confirmed: 2_100_000 })
    assert.deepStrictEqual(QueueView.lines([growing, ended], false, 80, Style.plain), [
      "7f3a0000  recording     4.2 MB          /media/card/A001_C003.mov",
      "7f3a0000  sending       4.2 MB    50 %  /media/card/A001_C003.mov",
      "2 uploads: 1 recording, 1 sending",
    ])
    const { files } = QueueView.document([growing, ended, record()])
    assert.deepStrictEqual(
      files.map(({ recording }) => recording),
      ["growing", "ended", undefined],
    )
  })

  it("keeps the end of a long or wide name within the columns of the terminal", () => {
    for (const path of [
      `/media/${"n".repeat(200)}.mov`,
      `/media/${"映".repeat(200)}.mov`,
      `/a\n${"b".repeat(90)}.mov`,
    ]) {
      const [line = ""] = QueueView.lines([record({ path })], false, 80, Style.plain)
      assert.isAtMost(Columns.width(line), 80)
      assert.match(line, /….*\.mov$/)
      assert.notInclude(line, "\n")
    }
  })

  it("says that the queue is empty, and that it is paused", () => {
    assert.deepStrictEqual(QueueView.lines([], false, 80, Style.plain), ["the queue is empty"])
    assert.lengthOf(QueueView.lines([], true, 80, Style.plain), 2)
  })

  it("has a document with the same uploads, which the schema accepts", () => {
    const document = QueueView.document([record({ state: "failed", error }), record()])
    assert.deepStrictEqual(Schema.decodeUnknownSync(QueueView.Document)(document), document)
    assert.deepStrictEqual(Object.keys(document.files[0] ?? {}), ["id", "path", "state", "bytes", "confirmed", "error"])
    assert.deepStrictEqual([document.files[0]?.error, document.files[1]?.error], [error, null])
  })
})
