import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"

const read = (name: string): string => readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8")

interface Entry {
  readonly integrity?: string
  readonly link?: boolean
}

const packages: Readonly<Record<string, Entry>> = JSON.parse(read("package-lock.json")).packages

/** The packages from a registry, excluding the workspace's own and links to them. */
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes("node_modules/") && !link)

/** Builds of a development tool for other platforms, which the registry behind the lock file does not serve. */
const unverified = ["darwin-arm64", "darwin-x64", "linux-arm", "linux-arm64", "win32-arm64", "win32-x64"]

describe("package-lock.json", () => {
  it("contains a hash for every package except those that SECURITY.md lists", () => {
    const without = installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)
    assert.deepStrictEqual(
      without,
      unverified.map((platform) => `node_modules/@effect/tsgo-${platform}`),
    )
    assert.isAbove(installed.length, 300)
    for (const platform of unverified) assert.include(read("SECURITY.md"), `\`${platform}\``)
  })

  it("does not contain a registry URL", () => {
    assert.notInclude(read("package-lock.json"), '"resolved": "http')
  })

  it("does not allow third-party actions, which bypass the lockfile, in the check workflow", () => {
    assert.notMatch(read(".github/workflows/check.yml"), /uses:/)
  })
})
