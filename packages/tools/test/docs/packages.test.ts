import { assert, describe, it } from "@effect/vitest"
import { read } from "../../docs/pages.ts"

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const [, table = ""] = /^\| package \| what it is \|.*\n\| ---.*\n((?:\|.*\n)+)/m.exec(read("README.md")) ?? []
const rows = [...table.matchAll(/^\| \[`(\S+)`\]\((\S+)\) \|.*\| ([^|]+) \|$/gm)]

describe("the packages in the README", () => {
  it.each(rows.map(([, name = "", folder = "", needed = ""]) => [name, folder, needed] as const))(
    "%s is installed with the packages that its manifest lists",
    (name, folder, needed) => {
      const manifest = JSON.parse(read(`${folder}/package.json`)) as Manifest
      const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      const siblings = named.filter((other) => other.startsWith("@holdfast/"))
      assert.strictEqual(manifest.name, name)
      assert.sameMembers(
        [...needed.matchAll(/`(.+?)`/g)].map(([, short]) => `@holdfast/${short}`),
        siblings,
      )
    },
  )

  it("lists all packages", () => {
    assert.lengthOf(rows, 10)
  })
})
