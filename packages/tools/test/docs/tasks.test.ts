import { assert, describe, it } from "@effect/vitest"
import { dirname, join } from "node:path"
import { read, slugs } from "../../docs/pages.ts"

const page = "docs/README.md"

/** The tasks of a new user, each with a word from its row. */
const tasks = [
  "promise",
  "`fetch`",
  "error classes that I have",
  "error table of a vendor",
  "status 429",
  "`Retry-After`",
  "in virtual time",
  "in Redis",
  "SIGHUP",
  "client credentials",
  "OpenTelemetry",
  "signs uploads",
  "AWS SDK",
  "proxy",
  "exit codes",
]

const [, table = ""] = /^## How do I …\n\n((?:\|.*\n)+)/m.exec(read(page)) ?? []
const rows = table
  .split("\n")
  .slice(2)
  .filter((row) => row !== "")

/** The headings that a row links to, as `path#slug` from the root. */
const linked = (row: string): ReadonlyArray<string> =>
  [...row.matchAll(/\]\(([^)#]+)#([^)]+)\)/g)].map(
    ([, path = "", slug = ""]) => `${join(dirname(page), path).replaceAll("\\", "/")}#${slug}`,
  )

describe("the tasks of a new user", () => {
  it("requires the README to link to the map of the guides", () => {
    assert.include(read("README.md"), `](${page})`)
  })

  it.each(tasks)("%s has its own row, which links to an existing heading", (task) => {
    const [row = "", ...others] = rows.filter((row) => (row.split("|")[1] ?? "").includes(task))
    assert.deepStrictEqual(others, [])
    const targets = linked(row)
    assert.isNotEmpty(targets, `no row with a heading for "${task}"`)
    for (const target of targets) {
      const [path = "", slug = ""] = target.split("#")
      assert.include(slugs(path), slug, target)
    }
  })
})
