import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { layers } from "../../lint/structure.ts"

/** The condition that leads from this workspace, and from no other project, to the sources. */
const sources = "@holdfast/source"

interface Manifest {
  readonly exports: Readonly<Record<string, string | null | Readonly<Record<string, string>>>>
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(new URL(`../../../${name}/package.json`, import.meta.url), "utf8")) as Manifest

describe("the published manifest of", () => {
  it.each(layers.flat())("%s has no condition that another project may set for its own sources", (name) => {
    const conditions = Object.values(manifestOf(name).exports).flatMap((target) =>
      target === null || typeof target === "string" ? [] : Object.keys(target),
    )
    assert.deepStrictEqual([...new Set(conditions)], [sources, "default"])
  })
})
