import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"
import { readdirSync, readFileSync } from "node:fs"
import { forms } from "../fixtures/corpus/forms.labels.ts"
import { labels as requests } from "../fixtures/corpus/requests.labels.ts"

const folder = new URL("../fixtures/corpus/", import.meta.url)
const cases = readdirSync(folder)
  .filter((name) => name.endsWith(".http"))
  .map((name) => name.replace(/\.http$/, ""))

const labels: Readonly<Record<string, string>> = { ...forms, ...requests }

const capture = (name: string) => {
  const exchange = HttpCapture.parse(readFileSync(new URL(`${name}.http`, folder)))
  assert(exchange !== undefined, name)
  return exchange
}

const explained = (name: string): string => {
  const { code, outcome } = Diagnosis.explain(capture(name))
  return code ?? outcome
}

describe("the captured answers of a real server", () => {
  it("has a label for every captured response", () => {
    assert.sameMembers(cases, Object.keys(labels))
  })

  for (const name of cases) {
    it(`explains the capture ${name} as ${labels[name]}`, () => {
      assert.strictEqual(explained(name), labels[name])
    })
  }

  it("finds the fault without the response if the request alone shows it", () => {
    const stopped = (name: string) => Lint.check(capture(name).request ?? {}).map(({ code }) => code)
    for (const [name, code] of Object.entries(forms)) {
      if (code === "succeeded" || ["HF-S3-POST-003", "HF-S3-POST-032", "HF-S3-POST-051"].includes(code)) continue
      assert.include(stopped(name), code, name)
    }
    assert.include(stopped("P17-no-file"), "HF-S3-POST-016")
    assert.include(stopped("P17c-two-files"), "HF-S3-POST-017")
  })

  it("does not reject captured requests that S3 accepts", () => {
    for (const name of [
      "P01-ok-v4",
      "P01b-ok-v2",
      "P02-ok-201",
      "P17d-file-no-filename",
      "P37-field-case",
      "T01-ok-v4",
      "T01b-ok-v2",
    ]) {
      const exchange = capture(name)
      const at = Date.parse(exchange.response?.headers?.["Date"] ?? "")
      assert.deepStrictEqual(Lint.check(exchange.request ?? {}, { at }), [], name)
    }
  })
})
