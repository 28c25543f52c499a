import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"
import { readdirSync, readFileSync } from "node:fs"
import { labels } from "./fixtures/corpus/labels.ts"

const folder = new URL("./fixtures/corpus/", import.meta.url)
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".http"))
  .map((file) => file.replace(/\.http$/, ""))

const capture = (name: string) => {
  const exchange = HttpCapture.parse(readFileSync(new URL(`${name}.http`, folder)))
  assert(exchange !== undefined, name)
  return exchange
}

describe("the captured answers of an OAuth server", () => {
  it("has exactly one label for each captured response", () => {
    assert.sameMembers(names, Object.keys(labels))
  })

  for (const name of names) {
    it(`diagnoses the capture ${name} as ${labels[name]}`, () => {
      const { code, outcome } = Diagnosis.explain(capture(name))
      assert.strictEqual(code ?? outcome, labels[name])
    })
  }

  it("distinguishes captured responses by the request that was sent, not by the wording of the response", () => {
    for (const name of names) {
      const exchange = capture(name)
      const { response } = exchange
      const error = /"error":"(\w+)"/.exec(response?.body ?? "")?.[1]
      // The RFC has a word for it that this server does not use, so that its sentence is needed.
      if (error === undefined || response === undefined || labels[name] === "HF-OAUTH-CLIENT-006") continue
      const { code, outcome } = Diagnosis.explain({
        ...exchange,
        response: { status: response.status, body: JSON.stringify({ error }) },
      })
      assert.strictEqual(code ?? outcome, labels[name], name)
    }
  })

  it("does not reveal codes, tokens or secrets from the captured responses", () => {
    for (const name of names) {
      const exchange = capture(name)
      const text = JSON.stringify(exchange)
      const secrets = [
        ...text.matchAll(/(?:device_code|refresh_token|access_token|id_token|client_secret)(?:=|\\":\\")([\w.-]{8,})/g),
        ...text.matchAll(/(?:Bearer|Basic) ([\w=.-]{9,})"/g),
        ...text.matchAll(/_session(?:\.sig)?=([\w-]{8,})/g),
      ].flatMap(([, secret]) => secret ?? [])
      const told = JSON.stringify(Diagnosis.explain(exchange))
      for (const secret of secrets) assert.notInclude(told, secret, name)
    }
  })
})
