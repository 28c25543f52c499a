import { assert, describe, it } from "@effect/vitest"
import { alone, error, explain, first, make, part, remove, rule } from "../../../support/forms.ts"

const oneFile = error(400, "InvalidArgument", "POST requires exactly one file upload per request.", {
  ArgumentName: "file",
  ArgumentValue: "0",
})
const tooMuch = error(
  400,
  "MaxPostPreDataLengthExceeded",
  "Your POST request fields preceding the upload file were too large.",
  {
    MaxPostPreDataLengthBytes: "20480",
  },
)

describe("post-file", () => {
  rule({
    code: "HF-S3-POST-016",
    confidence: "certain",
    what: "no file",
    change: (form) => remove(form, "file"),
    response: oneFile,
    detail: /None of the 7 parts/,
  })
  rule({
    code: "HF-S3-POST-015",
    confidence: "certain",
    what: "a small file under another name",
    change: (form) => {
      Object.assign(part(form, "file"), { name: "upload", size: 12 })
    },
    response: oneFile,
    detail: /the part "upload", part 8 of 8/,
  })
  rule({
    code: "HF-S3-POST-015",
    confidence: "certain",
    what: "a large file under another name",
    change: (form) => {
      Object.assign(part(form, "file"), { name: "files[]" })
    },
    response: tooMuch,
    detail: /files\[\]/,
  })
  rule({
    code: "HF-S3-POST-017",
    confidence: "certain",
    what: "two files",
    change: (form) => {
      form.parts.push({ name: "file", filename: "b.mov", size: 3 })
    },
    response: oneFile,
    detail: /part 9 \("file"\)/,
    cleared: "files",
  })
  rule({
    code: "HF-S3-POST-017",
    confidence: "certain",
    what: "a file under another name before the file",
    change: (form) => {
      form.parts.unshift({ name: "thumbnail", filename: "b.png", size: 30_000 })
    },
    response: tooMuch,
    detail: /part 1 \("thumbnail"\)/,
    cleared: "files",
  })
  rule({
    code: "HF-S3-POST-018",
    confidence: "certain",
    what: "too much before the file",
    change: (form) => first(form, "x-ignore-note", "n".repeat(20_480)),
    response: tooMuch,
    detail: /bytes precede the file, but only 20480 are permitted; the part "x-ignore-note" alone has \d+/,
    cleared: "bytes before the file",
  })

  it("counts the bytes of a form exactly as they are sent", () => {
    const boundary = "XbOuNd".length
    const before = (form: ReturnType<typeof make>): number =>
      form.parts
        .slice(0, -1)
        .reduce((sum, one) => sum + 2 + boundary + 2 + 39 + one.name.length + 4 + 2 + length(form, one), 0)
    const length = (form: ReturnType<typeof make>, one: { value?: string }): number =>
      Buffer.byteLength(
        one.value === "POLICY"
          ? Buffer.from(JSON.stringify({ expiration: form.expiration, conditions: form.conditions })).toString("base64")
          : (one.value ?? ""),
      )
    const form = make()
    first(form, "x-ignore-note", "")
    part(form, "x-ignore-note").value = "é".repeat(Math.floor((20_480 - before(form)) / 2))
    if (before(form) < 20_480) part(form, "x-ignore-note").value += "."
    assert.strictEqual(before(form), 20_480)
    assert.notStrictEqual(explain(form, tooMuch).confidence, "certain")
    part(form, "x-ignore-note").value += "."
    assert.strictEqual(explain(form, tooMuch).code, "HF-S3-POST-018")
    assert.strictEqual(explain(form, tooMuch).confidence, "certain")
  })

  it("recognizes, from the response alone, a missing file and too much data before the file", () => {
    assert.strictEqual(alone(oneFile).code, "HF-S3-POST-016")
    assert.strictEqual(alone(error(400, "IncorrectNumberOfFilesInPostRequest")).code, "HF-S3-POST-016")
    assert.strictEqual(alone(tooMuch).code, "HF-S3-POST-018")
    assert.strictEqual(alone(error(400, "MaxPostPreDataLengthExceededError")).code, "HF-S3-POST-018")
  })
})
