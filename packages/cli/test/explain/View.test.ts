import { assert, describe, it } from "@effect/vitest"
import * as ExplainView from "../../src/explain/View.ts"
import * as Columns from "../../src/terminal/Columns.ts"
import * as Printable from "../../src/terminal/Printable.ts"
import * as Explanations from "../support/explanations.ts"

const short = { columns: 80, color: false, long: false }
const plain = (lines: ReadonlyArray<string>) => lines.map((line) => Printable.line(line, false))

/** Removes the sequences that `Style` writes, and nothing else. */
const ourColors = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g")

const all = Object.values(Explanations)

describe("ExplainView", () => {
  it("prints one labeled item per line if color is disabled", () => {
    assert.deepStrictEqual(ExplainView.render(Explanations.certain, short), [
      'Diagnosis HF-S3-POST-011: A form field comes after "file", so S3 never reads it.',
      "Answered by: Amazon S3.",
      'Answer: 403 InvalidAccessKeyId: "The AWS Access Key Id you provided does not',
      '  exist in our records."',
      "Cause, certain: x-amz-security-token is field 6; file is field 5.",
      "Evidence 1: part 5 of the form, file: 21136250 bytes; expected last.",
      "Evidence 2: part 6 of the form, x-amz-security-token: (redacted, 812 bytes);",
      '  expected before "file".',
      "Ruled out: clock (0.4 s apart); policy expiry (58 min left).",
      'Fix, safe to apply: append "file" last, after every other field.',
      "Retry: do not retry unchanged.",
      "Request id: AFCXGJGVWQ5FHR3Q.",
      "More: add --long, or run holdfast explain HF-S3-POST-011.",
    ])
  })

  it("prints the labels in a column if color is enabled", () => {
    const lines = ExplainView.render(Explanations.certain, { ...short, color: true })
    assert.deepStrictEqual(plain(lines), [
      'HF-S3-POST-011  A form field comes after "file", so S3 never reads it',
      "Answered by Amazon S3",
      'Answer      403 InvalidAccessKeyId: "The AWS Access Key Id you provided does not',
      '            exist in our records."',
      "Cause       certain  x-amz-security-token is field 6; file is field 5.",
      "Evidence    1  part 5 of the form, file: 21136250 bytes; expected last",
      "            2  part 6 of the form, x-amz-security-token: (redacted, 812 bytes);",
      '               expected before "file"',
      "Ruled out   clock (0.4 s apart); policy expiry (58 min left)",
      'Fix         safe to apply  append "file" last, after every other field',
      "Retry       do not retry unchanged",
      "Request id  AFCXGJGVWQ5FHR3Q",
      "More        add --long, or run holdfast explain HF-S3-POST-011",
    ])
    assert.strictEqual(
      Printable.line(lines[4] ?? "", true),
      "\x1b[2mCause\x1b[22m       \x1b[31mcertain\x1b[39m  x-amz-security-token is field 6; file is field 5.",
    )
  })

  it("lists the missing information if no cause is known", () => {
    assert.deepStrictEqual(ExplainView.render(Explanations.unknown, short), [
      "Diagnosis: No rule identifies the cause.",
      "Answered by: Amazon S3.",
      'Answer: 403 InvalidAccessKeyId: "The AWS Access Key Id you provided does not',
      '  exist in our records."',
      "Ruled out: clock (0.4 s apart); policy expiry (58 min left).",
      "Not seen: the form's fields in the order in which they were sent.",
      "Retry: yes, with backoff.",
      "Request id: AFCXGJGVWQ5FHR3Q.",
      "More: add --long.",
    ])
  })

  it("does not show a cause for a successful request", () => {
    assert.deepStrictEqual(ExplainView.render(Explanations.succeeded, short), [
      "The request succeeded: The server responded with 204, which indicates success.",
      "Answered by: Amazon S3.",
    ])
  })

  it("prints at most 13 lines, or everything with --long", () => {
    for (const explanation of all) {
      for (const color of [true, false]) {
        assert.isAtMost(ExplainView.render(explanation, { ...short, color }).length, 13)
      }
    }
    const words = ExplainView.render(Explanations.crowded, { ...short, long: true })
      .join(" ")
      .replaceAll(/\s+/g, " ")
    const { causes, evidence, fix, links, ruledOut, unseen, vendor } = Explanations.crowded
    for (const part of [
      ...causes.flatMap(({ code, detail, title }) => [code, title, detail]).slice(1),
      causes[0]?.explanation ?? "",
      ...evidence.map(({ name }) => name),
      ...fix.map(({ text }) => text),
      ...ruledOut.map(({ check }) => check),
      ...Object.values(vendor.fields),
      ...unseen,
      ...links,
      vendor.requestId ?? "",
      vendor.hostId ?? "",
      "retry never, change plan, this was attempt 1",
    ]) {
      assert.include(words, part)
    }
  })

  it("prioritizes the title, the cause and the fix if there are too many lines", () => {
    assert.deepStrictEqual(plain(ExplainView.render(Explanations.crowded, { ...short, color: true })), [
      "HF-S3-CLOCK-001  The clock of the signer is wrong",
      "Answered by Amazon S3",
      `Answer      403 ${"A".repeat(63)}…`,
      "Cause       likely  The request was signed 17 min before the server's time.",
      "Evidence    1  header sent, x-amz-meta-0: 日本語のとても長い値日本語のとても長…",
      "            2  header sent, x-amz-meta-1: 日本語のとても長い値日本語のとても長…",
      "Or          possible  The service is busy (HF-S3-SVC-003)",
      "Fix         check first  set the clock of the machine that signs, way 1, and",
      "            look at it again after the next start of it",
      "Not seen    the form's fields in the order in which they were sent; the respons…",
      "Retry       do not retry unchanged",
      "Request id  AFCXGJGVWQ5FHR3Q",
      "More        2 other causes, 6 more pieces of evidence: add --long",
    ])
  })

  it("omits evidence that only repeats the response printed above it", () => {
    const { vendor } = Explanations.certain
    const repeated = [
      { at: "response.status", name: "status", observed: String(vendor.status) },
      { at: "response.body", name: "Code", observed: vendor.code },
      { at: "response.body", name: "Message", observed: vendor.message },
    ]
    const other = { at: "response.body", name: "Message", observed: vendor.code, expected: "another" }
    const labels = (options: Partial<ExplainView.Options>) =>
      ExplainView.render({ ...Explanations.certain, evidence: [...repeated, other] }, { ...short, ...options }).filter(
        (line) => line.startsWith("Evidence"),
      )
    assert.deepStrictEqual(labels({}), [`Evidence 1: answer, Message: ${vendor.code}; expected another.`])
    assert.strictEqual(labels({ long: true }).length, 4)
    // A line above the explanation already quotes the vendor.
    assert.strictEqual(labels({ said: vendor.message }).length, 3)
  })

  it("shows a second certain cause as an additional defect", () => {
    const second = { code: "HF-S3-POST-013", title: "A field is missing", confidence: "certain" } as const
    const starts = (explanation: typeof Explanations.certain) =>
      ExplainView.render({ ...explanation, alternatives: [second] }, short).filter((line) => line.includes(second.code))
    assert.deepStrictEqual(starts(Explanations.certain), ["Also, certain: A field is missing (HF-S3-POST-013)."])
    assert.deepStrictEqual(starts(Explanations.unknown), ["Or, certain: A field is missing (HF-S3-POST-013)."])
  })

  it("does not shorten the explanation if a correction is also shown", () => {
    const words = (options: Partial<ExplainView.Options>) =>
      ExplainView.render(Explanations.crowded, { ...short, color: true, ...options }).join("")
    assert.include(words({}), "…")
    assert.notInclude(words({ repair: "none" }), "…")
  })

  it("does not shorten any text if the output is not a terminal", () => {
    for (const explanation of all) {
      for (const columns of [24, 60, 80]) {
        const lines = ExplainView.render(explanation, { ...short, columns, whole: true })
        const widely = ExplainView.render(explanation, { ...short, columns: 10_000, whole: true })
        const words = (of: ReadonlyArray<string>) => of.join("").replaceAll(" ", "")
        assert.notInclude(words(lines), "…")
        assert.strictEqual(words(lines), words(widely))
      }
    }
  })

  it("shows the complete cause and the complete first fix on a terminal of any width", () => {
    for (const explanation of all) {
      for (const columns of [24, 40, 60, 80]) {
        const words = plain(ExplainView.render(explanation, { ...short, columns }))
          .join("")
          .replaceAll(" ", "")
        for (const text of [explanation.causes[0]?.detail ?? "", explanation.fix[0]?.text ?? ""]) {
          assert.include(words, text.replaceAll(" ", ""))
        }
      }
    }
  })

  it("keeps every line within the terminal width, regardless of the width and the words", () => {
    for (const explanation of all) {
      for (const columns of [24, 40, 80, 100, 250]) {
        for (const color of [true, false]) {
          for (const long of [true, false]) {
            for (const line of plain(ExplainView.render(explanation, { columns, color, long }))) {
              assert.isAtMost(Columns.width(line), columns, line)
            }
          }
        }
      }
    }
  })

  it("prevents a vendor's text from controlling the terminal", () => {
    for (const color of [true, false]) {
      for (const long of [true, false]) {
        const lines = ExplainView.render(Explanations.hostile, { ...short, color, long }).map((line) =>
          Printable.line(line, color),
        )
        const rest = lines.join("").replaceAll(ourColors, "")
        assert.notMatch(rest, /[\p{Cc}\p{Cf}]/u)
        if (!color) assert.notInclude(lines.join(""), "\x1b")
        assert.isFalse(lines.some((line) => line.startsWith("holdfast:")))
      }
    }
  })

  it("does not repeat a vendor's message that was already printed", () => {
    const said = "clip.mov: The AWS Access Key Id you provided does not exist in our records; it would fail again"
    const more = "holdfast explain /state/exchanges/1.json --long"
    const lines = ExplainView.render(Explanations.certain, { ...short, said, more })
    assert.isFalse(lines.some((line) => line.startsWith("Answer:")))
    assert.strictEqual(lines.at(-1), `More: ${more}`)
  })

  it("prints the complete page for a rule", () => {
    const [about] = Explanations.certain.causes
    assert.isDefined(about)
    if (about === undefined) return
    assert.deepStrictEqual(ExplainView.page(about, short), [
      'Diagnosis HF-S3-POST-011: A form field comes after "file", so S3 never reads it.',
      "Why: S3 reads a form as a stream and ignores every part behind the file.",
      'Fix, safe to apply: append "file" last, after every other field.',
      "Retry: with a corrected request.",
      "Link: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html",
    ])
  })
})
