import { assert, describe, it } from "@effect/vitest"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { read, root } from "../../docs/pages.ts"

const packages = readdirSync(join(root, "packages")).map(
  (name) => JSON.parse(read(`packages/${name}/package.json`)) as { readonly name: string; readonly private?: boolean },
)
const published = packages.filter((one) => one.private !== true).map(({ name }) => name)

const changesets = readdirSync(join(root, ".changeset"))
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => `.changeset/${name}`)

describe("a changeset", () => {
  it.each(changesets)("lists published packages and has a text (%s)", (path) => {
    const [, head = "", text = ""] = read(path).split(/^---\n/m)
    const bumps = [...head.matchAll(/^"([^"]+)": (?:major|minor|patch)$/gm)].map(([, name = ""]) => name)
    assert.isNotEmpty(bumps)
    assert.deepStrictEqual(
      bumps.filter((name) => !published.includes(name)),
      [],
    )
    assert.strictEqual(head.trim().split("\n").length, bumps.length)
    assert.match(text.trim(), /^[A-Z`].*[.`]$/s)
  })

  it("does not name private packages, because the configuration ignores them", () => {
    const { ignore } = JSON.parse(read(".changeset/config.json")) as { readonly ignore: ReadonlyArray<string> }
    const unpublished = packages.filter((one) => one.private === true).map(({ name }) => name)
    assert.deepStrictEqual(ignore.toSorted(), unpublished.toSorted())
  })
})
