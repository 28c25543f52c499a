import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { sourceOf } from "../../support/sources.ts"

describe("PipelineConfig", () => {
  it("keeps Schema out of the modules that define policies and stages", () => {
    const source = dirname(sourceOf("index"))
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
    const policies = ["adaptiveLimit", "backoff", "breaker", "budget", "bulkhead", "hedge", "retry", "throttle"]
    const schemas = [
      "pipeline/config/forms.ts",
      "pipeline/config/schema.ts",
      ...policies.map((policy) => `policies/${policy}/schema.ts`),
    ]
    const importing = files.filter((file) => /from "effect\/Schema"/.test(readFileSync(join(source, file), "utf8")))
    assert.deepStrictEqual(importing.toSorted(), [
      "errors/ErrorTable.ts",
      "errors/VerdictSchema.ts",
      "pipeline/PipelineConfig.ts",
      "pipeline/config/examine.ts",
      ...schemas,
    ])
    const users = files
      .filter((file) => file !== "index.ts")
      .filter((file) =>
        /from "(?:\.{1,2}\/)+(?:\w+\/)*(?:PipelineConfig|examine|forms|schema)\.ts"/.test(
          readFileSync(join(source, file), "utf8"),
        ),
      )
    assert.deepStrictEqual(users.filter((file) => !schemas.includes(file)).toSorted(), [
      "pipeline/PipelineConfig.ts",
      "pipeline/config/examine.ts",
    ])
  })
})
