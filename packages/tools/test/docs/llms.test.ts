import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { published } from "../../docs/agents.ts"
import { guides, path, text } from "../../docs/llms.ts"
import { read, root } from "../../docs/pages.ts"

const page = read(path)
const linked = [...page.matchAll(/^- \[[^\]]+\]\(([^)]+)\)/gm)].map(([, target = ""]) => target)

describe("llms.txt", () => {
  it("matches the guides and the manifests (npm run docs:generate)", () => {
    assert.strictEqual(page, text())
  })

  it("has a title, a summary, and sections that contain only links with a description", () => {
    const [head = "", ...sections] = page.split(/^## /m)
    assert.match(head, /^# Holdfast\n\n(?:> .+\n)+\n/)
    assert.isAtLeast(sections.length, 4)
    for (const section of sections) assert.match(section, /^.+\n\n(?:- \[[^\]]+\]\([^)]+\): .+\n)+\n?$/)
  })

  it("links only to files that exist, and links to each file once", () => {
    assert.deepStrictEqual(
      linked.filter((target) => !existsSync(join(root, target))),
      [],
    )
    assert.strictEqual(new Set(linked).size, linked.length)
  })

  it("lists every guide and every published package", () => {
    const wanted = [
      ...guides,
      ...published.flatMap(({ folder }) => [`packages/${folder}/README.md`, `packages/${folder}/AGENTS.md`]),
    ]
    assert.deepStrictEqual(
      wanted.filter((target) => !linked.includes(target)),
      [],
    )
    assert.isAtLeast(guides.length, 10)
  })
})
