import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Redaction } from "@holdfast/diagnosis"
import { redact } from "../support/redaction.ts"

describe("Redaction", () => {
  describe("marks", () => {
    it("includes only the number, the size in bytes and the traits of a secret in its redaction mark", () => {
      const { form } = redact({
        request: {
          form: [
            { name: "a", value: "naïve word" },
            { name: "b", value: "100%25" },
            { name: "c", value: "naïve word" },
            { name: "d", value: "" },
          ],
        },
      }).request!
      assert.deepStrictEqual(form, [
        { name: "a", value: "[hidden-1:11:blanks]", bytes: 11 },
        { name: "b", value: "[hidden-2:6:percent]", bytes: 6 },
        { name: "c", value: "[hidden-1:11:blanks]", bytes: 11 },
        { name: "d", value: "", bytes: 0 },
      ])
    })

    it.prop(
      "creates equal redaction marks if and only if the secrets are equal",
      [Schema.Array(Schema.String)],
      ([values]) => {
        const form = redact({ request: { form: values.map((value) => ({ name: "x", value })) } }).request!.form!
        const marks = form.map((part) => ("value" in part ? part.value : ""))
        for (const [i, a] of values.entries())
          for (const [j, b] of values.entries()) assert.strictEqual(marks[i] === marks[j], a === b)
      },
      { arbitrary: { runs: 200, seed: 1 } },
    )

    it("counts the bytes of visible and hidden parts", () => {
      assert.strictEqual(Redaction.bytesOf("ASIA[hidden-3:16]/ï[hidden-4:5:blanks]"), 4 + 16 + 3 + 5)
      assert.strictEqual(Redaction.bytesOf("plain"), 5)
    })

    it("detects traits in visible and hidden parts", () => {
      assert.isTrue(Redaction.has("[hidden-1:2:blanks]", "blanks"))
      assert.isTrue(Redaction.has("[hidden-1:2] [hidden-2:2]", "blanks"))
      assert.isTrue(Redaction.has("[hidden-1:2][hidden-2:2:percent]", "percent"))
      assert.isFalse(Redaction.has("[hidden-1:2:percent]", "blanks"))
      assert.isTrue(Redaction.has("a%2Fb", "percent"))
      assert.isFalse(Redaction.has("100% of it", "percent"))
    })

    it("determines whether a value begins with another value, and returns undefined if redaction marks hide the answer", () => {
      const cases: ReadonlyArray<readonly [value: string, beginning: string, answer: boolean | undefined]> = [
        ["up/a", "up/", true],
        ["up/a", "down/", false],
        ["up", "up/", false],
        ["[hidden-1:9]", "", true],
        ["[hidden-1:9]", "up/", undefined],
        ["up/[hidden-1:9]", "up/", true],
        ["up/[hidden-1:9]", "up/a", undefined],
        ["up/[hidden-1:9]", "down/a", false],
        ["[hidden-1:9]", "[hidden-1:4:start]", true],
        ["[hidden-2:9]", "[hidden-1:4:start]", false],
        ["[hidden-1:9]", "[hidden-1:9]", true],
        ["[hidden-1:9]/a", "[hidden-1:9]/b", false],
        ["[hidden-1:9]/a", "[hidden-1:9]/", true],
        ["[hidden-2:9]", "[hidden-1:4]", undefined],
        ["[hidden-2:3]", "[hidden-1:4]", false],
        ["plain", "[hidden-1:4:start]", undefined],
        ["", "[hidden-1:4:start]", false],
      ]
      for (const [value, beginning, expected] of cases)
        assert.strictEqual(Redaction.startsWith(value, beginning), expected, `${value} ${beginning}`)
    })

    it("displays a redaction mark as readable text with the size of the secret", () => {
      assert.strictEqual(
        Redaction.shown("ASIA[hidden-2:16]/x, [hidden-3:1:blanks]"),
        "ASIA…(redacted, 16 bytes)/x, …(redacted, 1 byte)",
      )
    })

    it("does not treat redaction marks written by another program as redacted secrets", () => {
      const forged = "[hidden-1:2]"
      const { form } = redact({
        request: {
          form: [
            { name: "a", value: forged },
            { name: "b", value: `${forged}EXAMPLE-secret` },
            { name: "c", value: "EXAMPLE-other" },
            { name: "d", value: "[hidden-99999999999999999999:1]" },
          ],
        },
      }).request!
      const values = form!.map((part) => ("value" in part ? part.value : ""))
      assert.strictEqual(new Set(values).size, 4)
      assert.match(values.slice(1).join(), /^(?:\[hidden-\d+:\d+\],?){3}$/)
    })
  })
})
