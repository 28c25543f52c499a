import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, globSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import { docs, fences, packagePages, pages, quoted, read, regions, root, slugs } from "../../docs/pages.ts"
import { run } from "../../docs/programs.ts"

/** The test that readers copy: vitest runs it, so it prints nothing. */
const isTest = (file: string): boolean => file.endsWith(".test.ts")

const all = [...pages, ...packagePages].flatMap((page) => fences(read(page)).map((fence) => ({ page, ...fence })))
const programs = globSync("pipelines/**/*.ts", { cwd: docs }).map((path) => path.replaceAll("\\", "/"))
const named = all.flatMap(({ file }) => (file === undefined ? [] : [file]))

describe("guides", () => {
  it("requires every TypeScript fence in the guides to name its file", () => {
    const nameless = all
      .filter(({ file, page }) => file === undefined && pages.includes(page))
      .map(({ page, line }) => `${page}:${line}`)
    assert.deepStrictEqual(nameless, [])
  })

  it("requires the guides to show every program in docs/pipelines", () => {
    assert.isAtLeast(programs.length, 6)
    assert.deepStrictEqual(
      programs.filter((file) => !named.includes(file)),
      [],
    )
  })

  it.each(all.filter(({ file }) => file !== undefined).map((fence) => [fence.file, fence.page, fence] as const))(
    "shows %s in %s byte for byte",
    (file, _page, fence) => {
      assert.strictEqual(fence.code, quoted(file ?? "", fence.part))
    },
  )

  it("requires a link to the whole program for every region that a guide shows", () => {
    const unlinked = all.flatMap(({ file, page, part }) => {
      const link = `](${posix.relative(posix.dirname(page), `docs/${file}`)})`
      return part === undefined || read(page).includes(link) ? [] : [`${page}: ${file}`]
    })
    assert.deepStrictEqual(unlinked, [])
  })

  it("requires the guides to show every region of a program", () => {
    const shown = new Set(all.map(({ file, part }) => `${file} ${part}`))
    const hidden = programs.flatMap((file) =>
      [...regions(read(`docs/${file}`)).keys()].map((part) => `${file} ${part}`),
    )
    assert.deepStrictEqual(
      hidden.filter((region) => !shown.has(region)),
      [],
    )
  })

  it.each([...pages, ...packagePages])("links from %s only to existing files", (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)\s]+)\)|<img[^>]*src="([^"]+)"/g)].map(
      ([, link, image]) => link ?? image ?? "",
    )
    const dead = targets
      .filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith("#"))
      .filter((target) => !existsSync(join(root, dirname(page), target.replace(/#.*/, ""))))
    assert.deepStrictEqual(dead, [])
  })

  it.each([...pages, ...packagePages])("links from %s only to existing headings", (page) => {
    const dead = [...read(page).matchAll(/\]\(([^)\s:#]*)#([^)\s]+)\)/g)].filter(([, path = "", slug = ""]) => {
      const target = path === "" ? page : join(dirname(page), path)
      return target.endsWith(".md") && !slugs(target).includes(slug)
    })
    assert.deepStrictEqual(
      dead.map(([link]) => link),
      [],
    )
  })
})

describe("programs", () => {
  for (const file of new Set(named.filter((file) => !isTest(file)))) {
    const shown = all.filter((fence) => fence.file === file && fence.output !== undefined)
    it.live(
      `${file} prints what the guides show`,
      () =>
        Effect.gen(function* () {
          const text = yield* run(file)
          assert.isNotEmpty(shown, `no guide shows what ${file} prints:\n${text}`)
          for (const { output } of shown) assert.strictEqual(output, text)
        }),
      60_000,
    )
  }
})
