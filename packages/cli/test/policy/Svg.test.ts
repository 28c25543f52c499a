import { assert, describe, it } from "@effect/vitest"
import { XMLValidator } from "fast-xml-parser"
import * as PolicySvg from "../../src/policy/Svg.ts"
import { everything, names, report, shape } from "../support/policies.ts"

describe("the picture of a policy", () => {
  it.each(names)("draws a small picture that is the same on every run: %s", (name) => {
    const svg = PolicySvg.make(report(shape(name)))
    assert.isBelow(Buffer.byteLength(svg), 20_000)
    assert.strictEqual(svg, PolicySvg.make(report(shape(name))))
    assert.notMatch(svg, /NaN|Infinity|undefined/)
  })

  it.each(names)("draws a well-formed picture that stays within its frame: %s", (name) => {
    const svg = PolicySvg.make(report(shape(name)))
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    for (const [, tag, attributes = ""] of svg.matchAll(/<(rect|circle|line|text) ([^>]*)>/g)) {
      const at = (key: string) => Number(new RegExp(`(?:^| )${key}="([^"]*)"`).exec(attributes)?.[1] ?? 0)
      const right = tag === "rect" ? at("x") + at("width") : Math.max(at("x"), at("cx"), at("x2"))
      assert.isAtMost(right, Number(width), attributes)
      assert.isAtMost(Math.max(at("y"), at("cy"), at("y2")), Number(height), attributes)
      assert.isAtLeast(Math.min(at("x"), at("y"), at("width"), at("height")), 0, attributes)
    }
    assert.isTrue(XMLValidator.validate(svg))
  })

  it("contains its text as text elements for screen readers and supports light and dark mode", () => {
    const svg = PolicySvg.make(report(everything))
    const { line, worst } = report(everything)
    assert.include(svg, `<title id="t">${line}</title>`)
    assert.include(svg, `<desc id="d">${worst.text}</desc>`)
    assert.include(svg, 'role="img" aria-labelledby="t d"')
    assert.include(svg, "prefers-color-scheme:dark")
    for (const text of ["begins at", "250–500 ms", "its jitter", "deadline 120 s"]) assert.include(svg, `>${text}<`)
  })

  it("escapes the special characters of XML", () => {
    const svg = PolicySvg.make({ ...report({}), line: `a < b & "c"` })
    assert.include(svg, '<title id="t">a &lt; b &amp; &quot;c&quot;</title>')
  })
})
