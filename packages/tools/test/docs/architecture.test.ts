import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync } from "node:fs"
import { join, normalize } from "node:path"
import { read, root } from "../../docs/pages.ts"

const page = read("docs/architecture.md")

interface Step {
  /** The path from the root. */
  readonly file: string
  readonly label: string
  /** The first name in the step. */
  readonly name: string
}

const steps = (section: string): ReadonlyArray<Step> =>
  [...section.matchAll(/^\d+\. \[`([^`]+)`\]\(([^)]+)\): `([^`]+)`/gm)].map(([, label = "", path = "", name = ""]) => ({
    file: normalize(`docs/${path}`).replaceAll("\\", "/"),
    label,
    name,
  }))

/** The walkthroughs in the page: sections with numbered steps. */
const walks = page
  .split(/^## /m)
  .filter((section) => /^\d+\. /m.test(section))
  .map((section) => [section.split("\n")[0] ?? "", section] as const)

describe("the architecture page", () => {
  it("describes a failed response, a chunk and an explanation step by step", () => {
    assert.deepStrictEqual(
      walks.map(([title]) => title),
      ["A failed response", "A chunk of an upload", "An explanation"],
    )
  })

  it.each(walks)(
    "has at most seven steps for %s, and the source of each step contains the names in the step",
    (_title, text) => {
      const found = steps(text)
      assert.strictEqual(found.length, [...text.matchAll(/^\d+\. /gm)].length)
      assert.isAtMost(found.length, 7)
      for (const { file, label, name } of found) {
        assert.match(file, /^packages\/[^/]+\/src\/.+\.ts$/)
        assert.isTrue(existsSync(join(root, file)), file)
        assert.isTrue(file.endsWith(`/${label}`), `${label} is not the name of ${file}`)
        assert.match(read(file), new RegExp(`\\b${name}\\b`), `${name} is not in ${file}`)
      }
    },
  )

  it("lists every package in the table", () => {
    const [, rooms = ""] = page.split("## The rooms")
    const rows = [...rooms.matchAll(/^\| \[`([^`]+)`\]/gm)].map(([, name]) => name)
    assert.deepStrictEqual(rows.toSorted(), readdirSync(join(root, "packages")).toSorted())
  })
})
