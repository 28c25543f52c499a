import { assert, describe, it } from "@effect/vitest"
import { draft, numbers } from "../support/validForms.ts"
import { check, mutations, tags } from "../support/brokenForms.ts"

const seed = 20_261_121
const forms = 10_000

/** Longer than any machine needs for all of them. */
const patience = 600_000

describe("Lint", () => {
  it(
    `accepts all ${forms} valid forms`,
    () => {
      const r = numbers(seed)
      for (let n = 0; n < forms; n++) {
        const one = draft(r)
        const findings = check(one)
        if (findings.length > 0) {
          assert.fail(
            `form ${n}: ${findings.map(({ _tag, detail }) => `${_tag}: ${detail}`).join(" ")}\n${JSON.stringify(one)}`,
          )
        }
      }
    },
    patience,
  )

  for (const [index, mutation] of mutations.entries()) {
    it(`rejects a form with ${mutation.what}`, () => {
      const r = numbers(seed + index)
      let tried = 0
      while (tried < 100) {
        const one = draft(r)
        if (mutation.when !== undefined && !mutation.when(one)) continue
        mutation.break(one, r)
        assert.include(tags(one), mutation.tag, JSON.stringify(one))
        tried++
      }
    })
  }
})
