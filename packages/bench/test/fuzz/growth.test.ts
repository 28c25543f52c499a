/**
 * Inputs for which a reader once took at least four times as long after doubling their length.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Growth from "../../fuzz/growth.ts"
import { readers } from "../../fuzz/readers.ts"

const run = (unit: string, before = "", after = "") => ({
  name: unit,
  make: (length: number) =>
    before + unit.repeat(Math.ceil(Math.max(0, length - before.length - after.length) / unit.length)) + after,
})

const cases: ReadonlyArray<readonly [reader: string, what: string, shape: ReturnType<typeof run>]> = [
  ["s3/S3Error.fromResponse", "blanks in a code of two lines", run(" ", "<Error><Code>a\nb", "x</Code></Error>")],
  ["s3/S3Error.fromResponse", "comments before the root", run("<!--a-->", "", "x")],
  ["s3/Diagnosis.explain, an answer", "conditions in a message", run("[eq,a ", "<Error><Message>")],
  [
    "s3/Diagnosis.explain, an answer",
    "policies in a message",
    run("policy ", "<Error><Code>AccessDenied</Code><Message>"),
  ],
  ["s3/Diagnosis.explain, a policy", "blanks in a policy", run(" ", '{"conditions":[{"', '":"a"}]}')],
  [
    "s3/Diagnosis.explain, a list of parts",
    "parts without an end",
    run("<Part>", "<CompleteMultipartUpload>", "</CompleteMultipartUpload>"),
  ],
  [
    "s3/Diagnosis.explain, an address",
    "words in the name of the host",
    run("a-", "https://s3express-", ".amazonaws.com/"),
  ],
  ["s3/PostPolicy.decode, of base64", "letters in the time of a policy", run("T", '{"expiration":"', '"}')],
  ["diagnosis/HttpCapture.parse", "line breaks at the end of a body", run("\n", "POST / HTTP/1.1\nHost: a\n\nx", "x")],
  ["diagnosis/HttpCapture.parse", "blanks in a request line", run(" ", "GET a", "x")],
  [
    "diagnosis/HttpCapture.parse",
    "remarks of curl",
    run("* Closing connection", "> GET / HTTP/1.1\n> \n< HTTP/1.1 200 OK\n< \nx", "\nx"),
  ],
  ["http/Diagnosis.explain, a failure", "words of TLS", run("ssl ")],
  ["http/Diagnosis.explain, a failure", "names of credentials", run("token:", "", "x")],
  ["http/RetryHint.fromHeaders", "digits of a hint", run("1", "", "x")],
  ["diagnosis/Redaction.make, an answer", "names of credentials", run("secret: ")],
  ["diagnosis/Redaction.make, an answer", "elements that end and never began", run("<a></b>", "<x>")],
  ["diagnosis/Redaction.make, a request repeated", "a secret of one letter", run("a")],
  ["diagnosis/Redaction.startsWith", "marks", run("[hidden-1:2]")],
  ["diagnosis/Redaction.redactor, of what a server chose", "a secret of one letter", run("a", "", "b")],
  ["explain/Input.recognize", "comments before the root", run("<!--a-->", "", "x")],
  ["explain/Input.recognize", "instructions before the root", run("<?a?>", "", "x")],
  ["holdfast/terminal/Columns.wrap", "a word without blanks", run("a")],
  ["holdfast/terminal/Columns.wrap, a line of one column", "words", run("aB ")],
  ["explain/page/input/pasted.read", "blanks at the end of a line", run(" ", "a=b", "x")],
]

describe("twice the input", () => {
  for (const [name, what, shape] of cases) {
    it(`takes at most 2.6 times the CPU time for twice the input (${name}: ${what})`, () => {
      const reader = readers.find((one) => one.name === name)
      assert.isDefined(reader)
      if (reader === undefined) return
      const { growth, millis } = Growth.measure(reader, shape)
      assert.isAtMost(growth, Growth.most, `${millis.map((one) => one.toFixed(1)).join(", ")} ms`)
    })
  }
})
