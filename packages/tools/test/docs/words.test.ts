import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Words from "../../lint/words.js"

const root = join(import.meta.dirname, "../../../..")

/** Hand-written Markdown without its programs, which lint reads. */
const guides = [
  "*.md",
  "docs/*.md",
  "docs/policies/*.md",
  "docs/samples/*.md",
  "packages/*/README.md",
  "packages/*/AGENTS.md",
  ".changeset/*.md",
].flatMap((pattern) => globSync(pattern, { cwd: root }))

const prose = (markdown: string): string => markdown.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, "")

describe("the words of the style guide", () => {
  it("requires the guides to avoid the words that the style guide forbids", () => {
    assert.isAbove(guides.length, 20)
    const found = guides.flatMap((name) => {
      const word = Words.find(prose(readFileSync(join(root, name), "utf8")))
      return word === undefined ? [] : [`${name}: "${word.word}": ${word.instead}`]
    })
    assert.deepStrictEqual(found, [])
  })

  it("reports a word in the uses that the style guide forbids, but not in its ordinary uses", () => {
    const found = (text: string) => Words.find(text)?.word
    assert.deepStrictEqual(
      ["Nobody waits for ever.", "It is told so.", "As the guide says", "a probe is under way", "at work"].map(found),
      ["Nobody", "is told", "the guide", "under way", "at work"],
    )
    assert.deepStrictEqual(
      ["Frame.io's error guide", "the guide to gates", "a network", "renewal", "forever", "toldHim"].map(found),
      [undefined, undefined, undefined, undefined, undefined, undefined],
    )
  })
})
