/**
 * A program whose policies come from settings only: each sample of the guides becomes a pipeline that runs as the command shows
 * it.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root, run } from "../../pack/run.ts"
import * as Project from "../project.ts"

const samples = join(root, "docs/samples/policies")

const program = `import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Effect } from "effect"
import { readFileSync } from "node:fs"

const shown = Effect.forEach(process.argv.slice(2), (path) =>
  Effect.gen(function* () {
    const settings = yield* PipelineConfig.parse(readFileSync(path, "utf8"), path)
    const pipeline = yield* PipelineSettings.make(settings)
    const answer = yield* Pipeline.run(pipeline, Effect.succeed("arrived"))
    return [answer, Pipeline.describe(pipeline), Pipeline.worstCase(pipeline).text]
  }),
)
console.log(JSON.stringify(await Effect.runPromise(shown)))
`

/** Returns a line for the report. */
export const check = (project: string): string => {
  const files = globSync("*.json", { cwd: samples }).toSorted()
  for (const name of files) Project.write(project, { [`settings/${name}`]: readFileSync(join(samples, name), "utf8") })
  const paths = files.map((name) => `settings/${name}`)
  Project.write(project, { "settings.ts": program, "src/main.ts": program })
  Project.compile(project, { module: "NodeNext", noEmit: true })
  const found = JSON.parse(run("node", ["settings.ts", ...paths], project)) as ReadonlyArray<ReadonlyArray<string>>
  const wanted = paths.map((path) => {
    const said = run("node", ["node_modules/holdfast/bin/holdfast.js", "policy", path, "--json"], project)
    const { line, worstCase } = JSON.parse(said) as {
      readonly line: string
      readonly worstCase: { readonly text: string }
    }
    return ["arrived", line, worstCase.text]
  })
  if (JSON.stringify(found) !== JSON.stringify(wanted))
    throw new Error(`pipelines of settings: expected\n${wanted.join("\n")}\ngot\n${found.join("\n")}`)
  return `settings: ${files.length} pipelines from JSON run, and are as the command shows them`
}
