/**
 * Errors from real users, in the form in which they would give them to `explain`, with the cause that was established.
 */
import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { readFileSync } from "node:fs"
import * as Expected from "./support/expected.ts"
import { explainBytes } from "./support/explained.ts"
import { notYet } from "./support/notYet.ts"

const folder = new URL("./corpus/cases/", import.meta.url)
const judgements = Expected.judgeFolder(folder)

const named = ({ explanation }: Expected.Judgement): string =>
  explanation === undefined ? "unrecognised" : `${explanation.code ?? explanation.outcome}: ${explanation.title}`

describe("the corpus of real errors", () => {
  it("lists each capture exactly once in the table of expected causes", () => {
    assert.sameMembers(
      [...Expected.capturesIn(folder)],
      judgements.map(({ expected }) => expected.file),
    )
  })

  for (const judgement of judgements) {
    const { cause, file } = judgement.expected
    if (Object.hasOwn(notYet, file)) continue
    it(`explains ${file}: ${cause}`, () => {
      assert.strictEqual(judgement.place, 0, named(judgement))
    })
  }

  it("does not list a capture as unexplained once its cause is ranked first", () => {
    const open = judgements.filter(({ place }) => place !== 0).map(({ expected }) => expected.file)
    assert.sameMembers(
      Object.keys(notYet).filter((file) => !open.includes(file)),
      [],
    )
  })

  it("ignores the comment with the expected cause when it parses a capture", () => {
    for (const { expected } of judgements) {
      if (!expected.file.endsWith(".http")) continue
      const text = readFileSync(new URL(expected.file, folder), "utf8")
      const without = text.replace(/^# expect:.*\n/, "")
      assert.deepStrictEqual(HttpCapture.parse(text), HttpCapture.parse(without), expected.file)
    }
  })
})

describe("the judge of explanations", () => {
  const line = (cells: string) => `file\tcodes\twords\tcertain\tcause\tsource\n${cells}`
  const [expected] = Expected.parse(
    line("a/b.http\tHF-HTTP-STATUS-002|HF-HTTP-STATUS-003\tPermit|grant & server\tno\tc\ts"),
  )
  const [free] = Expected.parse(line("a/b.http\t-\t-\t-\tc\ts"))
  const [success] = Expected.parse(line("a/b.http\tsucceeded\t-\t-\tc\ts"))
  const judged = (one: Expected.Expectation | undefined, capture: string) => {
    assert(one !== undefined)
    return Expected.judge(one, explainBytes(new TextEncoder().encode(capture)))
  }

  it("requires one of the listed codes and a word from every group", () => {
    assert.strictEqual(judged(expected, "HTTP/1.1 403 Forbidden\n\n").place, 0)
    assert.strictEqual(judged(expected, "HTTP/1.1 404 Not Found\n\n").place, -1)
    assert.strictEqual(judged(expected, "HTTP/1.1 413 Content Too Large\n\n").place, -1)
  })

  it("accepts any cause, but not a success, if neither codes nor words are listed", () => {
    assert.strictEqual(judged(free, "HTTP/1.1 403 Forbidden\n\n").place, 0)
    assert.strictEqual(judged(free, "HTTP/1.1 200 OK\n\n").place, -1)
    assert.strictEqual(judged(success, "HTTP/1.1 200 OK\n\n").place, 0)
    assert.strictEqual(judged(success, "HTTP/1.1 403 Forbidden\n\n").place, -1)
  })

  it('accepts "unrecognised" for input that was not recognized', () => {
    assert.strictEqual(judged(expected, "a poem").place, -1)
    const [unrecognised] = Expected.parse(line("a/b.txt\tunrecognised\t-\t-\tc\ts"))
    assert.strictEqual(judged(unrecognised, "a poem").place, 0)
  })

  it("rejects a table with a line that does not have six cells", () => {
    assert.throws(() => Expected.parse(line("a\tb\tc")), /cells/)
    assert.throws(() => Expected.parse("file\tcodes"), /begin/)
  })
})
