import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Effect } from "effect"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { docs, pages, read } from "../../docs/pages.ts"
import * as PolicyDefaults from "../../docs/policies/defaults.ts"
import { files, pictures } from "../../docs/policies/pictures.ts"

/** All that a policy holds, as far as it is data. */
const built = (name: string, settings: PolicyDefaults.Tree): string => {
  const made = Effect.runSync(PolicyDefaults.build(name, settings))
  const data =
    "built" in made
      ? [Pipeline.describe(made), Pipeline.worstCase(made), made.built.map(({ parts }) => parts?.())]
      : [made.data(), made]
  // Deep enough for the figures of a policy; cycles do not matter.
  return inspect(data, { depth: 12 })
}

const known = Object.entries(PolicyDefaults.tables).flatMap(([name, { options }]) =>
  options.flatMap(({ path, value }) => (value === undefined ? [] : [[path, name, value] as const])),
)

/** A different duration or, for a text without a number, a different text. */
const different = (value: string): string =>
  /\d/.test(value) ? value.replace(/\d+/, (n) => String(Number(n) - 1)).replace(/^0 /, "2 ") : `${value} 2`

const policyPages = pages.filter((page) => page.startsWith("docs/policies/"))

describe("the page of a policy", () => {
  it("limits each policy page to 200 lines, and requires a link to it from the overview", () => {
    const overview = read("docs/policies/README.md")
    for (const page of policyPages) {
      assert.isAtMost(read(page).trimEnd().split("\n").length, 200, page)
      if (!page.endsWith("README.md")) assert.include(overview, `](${page.replace("docs/policies/", "")})`)
    }
  })

  it.each(policyPages.filter((page) => !/(README|settings)\.md$/.test(page)))(
    "%s has its sections in the required order",
    (page) => {
      const headings = [...read(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
      assert.deepStrictEqual(headings, [
        "Purpose",
        "When to use",
        "Diagram",
        "Defaults",
        "Example",
        "Patterns and anti-patterns",
        "With the other policies",
        "Errors and telemetry",
      ])
    },
  )
})

describe("defaults in the docs", () => {
  it.each(known)("%s is the value that the code uses without the option (%s)", (path, name, value) => {
    const settings = PolicyDefaults.around(name, path)
    assert.strictEqual(built(name, PolicyDefaults.put(settings, path.split("."), value)), built(name, settings))
  })

  it.each(known)("detects a different default of %s (%s)", (path, name, value) => {
    const settings = PolicyDefaults.around(name, path)
    const others: Readonly<Record<string, unknown>> = {
      equal: "full",
      gradient: "aimd",
      fail: "clamp",
      tokenBucket: "unlimited",
      allow: "reject",
    }
    const other =
      typeof value === "boolean"
        ? !value
        : typeof value === "number"
          ? value < 1 && value > 0
            ? value / 2
            : value + 1
          : (others[value] ?? different(value))
    assert.notStrictEqual(built(name, PolicyDefaults.put(settings, path.split("."), other)), built(name, settings))
  })
})

describe("pictures in the docs", () => {
  it.each(pictures)(
    "%s is identical to the output of `holdfast policy --svg` (npm run docs:generate)",
    (path, text) => {
      assert.strictEqual(read(path), text)
    },
  )

  it("draws exactly the settings in docs/samples/policies, and shows every drawing on the pages", () => {
    const drawn = readdirSync(join(docs, "generated/policies")).map((name) => `docs/generated/policies/${name}`)
    assert.deepStrictEqual(drawn.toSorted(), pictures.map(([path]) => path).toSorted())
    const shown = policyPages.map(read).join("")
    for (const path of drawn) assert.include(shown, path.replace("docs/", "../"))
    for (const file of files) {
      assert.isTrue(existsSync(join(docs, "samples/policies", file)))
      assert.isDefined(
        PipelineSettings.makeUnsafe(Effect.runSync(PipelineConfig.parse(read(`docs/samples/policies/${file}`)))),
      )
    }
  })
})
