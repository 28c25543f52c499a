import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Address from "../../pack/address.ts"
import { pages } from "../../pack/contents.ts"
import * as Links from "../../pack/links.ts"
import * as Stage from "../../pack/stage.ts"
import { published } from "../../docs/agents.ts"
import { read, root } from "../../docs/pages.ts"

const address: Address.Address = { web: "https://code.example/reels/holdfast", reserved: false }

describe("the address of the repository", () => {
  it("reads the address from `repository` in every format that npm accepts", () => {
    for (const repository of [
      "https://code.example/reels/holdfast",
      "git+https://code.example/reels/holdfast.git",
      { type: "git", url: "git+https://code.example/reels/holdfast.git" },
      { type: "git", url: "https://code.example/reels/holdfast/" },
    ]) {
      assert.deepStrictEqual(Address.parse(repository), address)
    }
    assert.isUndefined(Address.parse(undefined))
  })

  it("must be https", () => {
    for (const repository of [
      "reels/holdfast",
      "git@code.example:reels/holdfast.git",
      { url: "ssh://code.example/a" },
      {},
    ]) {
      assert.throws(() => Address.parse(repository), /repository in package\.json must be an https address/)
    }
  })

  it("requires the repository's address for a release, and otherwise uses an address that makes npm refuse to publish", () => {
    assert.throws(() => Address.choose(undefined, true, undefined), /no public address: a release needs `repository`/)
    assert.deepStrictEqual(Address.choose(undefined, false, undefined), Address.reserved)
    assert.deepStrictEqual(Address.choose("https://code.example/reels/holdfast", true, undefined), address)
    assert.deepStrictEqual(Address.choose(undefined, true, address), address)
    assert.isTrue(Address.fields(Address.reserved, "core", "1.2.3").private)
  })

  it("defines the repository's address in one place: package manifests do not contain it", () => {
    for (const { folder } of published) {
      const manifest = JSON.parse(read(`packages/${folder}/package.json`)) as Readonly<Record<string, unknown>>
      assert.containsAllKeys(manifest, ["keywords", "description", "license"])
      for (const key of ["repository", "homepage", "bugs"]) assert.notProperty(manifest, key)
    }
  })
})

describe("a packed manifest", () => {
  it("contains the repository's address and the package's folder, but neither scripts nor sources", () => {
    const text = JSON.stringify({
      name: "@holdfast/core",
      version: "1.2.3",
      scripts: { prepack: "x" },
      exports: { ".": { "@holdfast/source": "./src/index.ts", default: "./dist/index.js" } },
    })
    assert.deepStrictEqual(JSON.parse(Stage.manifest(text, "core", address)), {
      name: "@holdfast/core",
      version: "1.2.3",
      exports: { ".": { default: "./dist/index.js" } },
      homepage: "https://code.example/reels/holdfast/tree/v1.2.3/packages/core#readme",
      bugs: { url: "https://code.example/reels/holdfast/issues" },
      repository: {
        type: "git",
        url: "git+https://code.example/reels/holdfast.git",
        directory: "packages/core",
      },
    })
  })
})

describe("the links of a packed page", () => {
  const absolute = (page: string) => Links.absolute(page, "packages/core/README.md", address, "1.2.3")

  it("changes links to repository files into links to the same files in the release", () => {
    const cases = [
      [
        "[gates](../../docs/gates.md#gates)",
        "[gates](https://code.example/reels/holdfast/blob/v1.2.3/docs/gates.md#gates)",
      ],
      ["[c2c](../c2c)", "[c2c](https://code.example/reels/holdfast/tree/v1.2.3/packages/c2c)"],
      ["![a](../../docs/a.svg)", "![a](https://code.example/reels/holdfast/raw/v1.2.3/docs/a.svg)"],
      [
        '<img alt="a" src="a.svg">',
        '<img alt="a" src="https://code.example/reels/holdfast/raw/v1.2.3/packages/core/a.svg">',
      ],
    ]
    for (const [before = "", after] of cases) assert.strictEqual(absolute(before), after)
  })

  it("does not change links within the page, links to other sites, and links in code", () => {
    for (const same of [
      "[below](#modules)",
      "[Effect](https://effect.website)",
      "[mail](mailto:a@b.example)",
      "`[gates](gates.md)`",
      "```md\n[gates](gates.md)\n```",
    ]) {
      assert.strictEqual(absolute(same), same)
    }
  })

  it("rejects a link that leaves the repository", () => {
    assert.throws(() => absolute("[other](../../../other.md)"), /is not in the repository/)
  })

  it.each(published.flatMap(({ folder }) => pages.map((page) => `packages/${folder}/${page}`)))(
    "uses only absolute links to files of the repository in %s",
    (path) => {
      const packed = Links.absolute(readFileSync(join(root, path), "utf8"), path, address, "1.2.3")
      assert.deepStrictEqual(Links.relative(packed), [])
      const ours = [...packed.matchAll(/https:\/\/code\.example\/reels\/holdfast\/\w+\/v1\.2\.3\/([^)"#\s]+)/g)]
      for (const [, file = ""] of ours) assert.isTrue(existsSync(join(root, file)), file)
    },
  )
})

describe("the README of a published package", () => {
  it.each(published)(
    "$name explains the installation, shows a program, and links to AGENTS.md and a guide",
    ({ folder, name }) => {
      const page = read(`packages/${folder}/README.md`)
      assert.match(page, new RegExp(`npm install (?:--[a-z-]+ )*${name}\\b`))
      assert.match(page, /^(?:```ts| {4}holdfast )/m)
      assert.include(page, "](AGENTS.md)")
      assert.match(page, /\]\(\.\.\/\.\.\/docs\/[\w/-]+\.md/)
    },
  )
})
