import { assert, describe, it } from "@effect/vitest"
import { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Effect } from "effect"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { inspect } from "node:util"
import { docs, read } from "../../docs/pages.ts"
import * as PolicyDefaults from "../../docs/policies/defaults.ts"
import { files, pictures } from "../../docs/policies/pictures.ts"

type Tree = { readonly [key: string]: unknown }

const put = (tree: Tree, [key = "", ...rest]: ReadonlyArray<string>, value: unknown): Tree => ({
  ...tree,
  [key]: rest.length === 0 ? value : put((tree[key] ?? {}) as Tree, rest, value),
})

/** All that a pipeline holds, as far as it is data. */
const built = (settings: Tree): string => {
  const pipeline = Effect.runSync(PipelineConfig.load(settings))
  const parts = pipeline.built.map(({ parts }) => parts)
  // Deep enough for the figures of a policy, and no matter that some are rings.
  return inspect([Pipeline.describe(pipeline), Pipeline.worstCase(pipeline), parts], { depth: 12 })
}

/** Settings in which the option means something. */
const around = (name: string, path: string): Tree => {
  const least = PolicyDefaults.tables[name]?.least as Tree
  if (name === "retry") return put(least, ["timeout"], "15 seconds")
  const needed = name === "token bucket" || name === "ratio" ? put(least, ["retry"], {}) : least
  return path.startsWith("breaker.window.") ? put(needed, ["breaker", "window", "duration"], "30 seconds") : needed
}

const known = Object.entries(PolicyDefaults.tables).flatMap(([name, { options }]) =>
  options.flatMap(({ path, value }) => (value === undefined ? [] : [[path, name, value] as const])),
)

/** Another duration or, for a text without a number, another text. */
const different = (value: string): string =>
  /\d/.test(value) ? value.replace(/\d+/, (n) => String(Number(n) - 1)).replace(/^0 /, "2 ") : `${value} 2`

describe("defaults in the docs", () => {
  it.each(known)("%s is what the code takes when nothing is said (%s)", (path, name, value) => {
    const settings = around(name, path)
    assert.strictEqual(built(put(settings, path.split("."), value)), built(settings))
  })

  it.each(known)("%s would be seen to be another one (%s)", (path, name, value) => {
    const settings = around(name, path)
    const others: Readonly<Record<string, unknown>> = { equal: "full", gradient: "aimd", fail: "clamp" }
    const other =
      typeof value === "boolean"
        ? !value
        : typeof value === "number"
          ? value < 1 && value > 0
            ? value / 2
            : value + 1
          : (others[value] ?? different(value))
    assert.notStrictEqual(built(put(settings, path.split("."), other)), built(settings))
  })
})

describe("pictures in the docs", () => {
  it.each(pictures)("%s is what `holdfast policy --svg` draws (npm run docs:generate)", (path, text) => {
    assert.strictEqual(read(path), text)
  })

  it("are those of the settings in docs/samples/policies, all of them shown", () => {
    const drawn = readdirSync(join(docs, "generated/policies")).map((name) => `docs/generated/policies/${name}`)
    assert.deepStrictEqual(drawn.toSorted(), pictures.map(([path]) => path).toSorted())
    for (const path of drawn) assert.include(read("docs/policies.md"), path.replace("docs/", ""))
    for (const file of files) {
      assert.isTrue(existsSync(join(docs, "samples/policies", file)))
      assert.isDefined(
        PipelineSettings.makeUnsafe(Effect.runSync(PipelineConfig.parse(read(`docs/samples/policies/${file}`)))),
      )
    }
  })
})
