import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { sourceOf } from "../../support/sources.ts"

describe("PipelineConfig", () => {
  it("imports Schema in no policy and in no stage of a pipeline", () => {
    const source = dirname(sourceOf("index"))
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
    const importing = files.filter((file) => /from "effect\/Schema"/.test(readFileSync(join(source, file), "utf8")))
    assert.deepStrictEqual(importing.toSorted(), [
      "errors/ErrorTable.ts",
      "errors/VerdictSchema.ts",
      "pipeline/PipelineConfig.ts",
      "pipeline/config/examine.ts",
      "pipeline/config/schema.ts",
    ])
    const users = files
      .filter((file) => file !== "index.ts")
      .filter((file) =>
        /from "(?:\.{1,2}\/)+(?:pipeline\/)?(?:PipelineConfig|(?:config\/)?(?:examine|schema))\.ts"/.test(
          readFileSync(join(source, file), "utf8"),
        ),
      )
    assert.deepStrictEqual(users.toSorted(), ["pipeline/PipelineConfig.ts", "pipeline/config/examine.ts"])
  })
})
