/**
 * The pictures of `docs/policies`, as `holdfast policy FILE --svg` draws them.
 */
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import * as PolicyDefault from "../../../cli/src/policy/Default.ts"
import * as PolicyReport from "../../../cli/src/policy/Report.ts"
import * as PolicySvg from "../../../cli/src/policy/Svg.ts"
import { docs, read } from "../pages.ts"

/** The settings in `docs/samples/policies`. */
export const files: ReadonlyArray<string> = readdirSync(join(docs, "samples/policies")).filter((name) =>
  name.endsWith(".json"),
)

const picture = (report: PolicyReport.PolicyReport): string => PolicySvg.make(report)

/** Each picture: its path from the root and its text. */
export const pictures: ReadonlyArray<readonly [path: string, text: string]> = [
  [
    "docs/generated/policies/c2c.svg",
    picture(PolicyReport.make(PolicyDefault.source, PolicyDefault.settings, PolicyDefault.gates)),
  ],
  ...files.map((file): readonly [string, string] => {
    const settings = Effect.runSync(PipelineConfig.parse(read(`docs/samples/policies/${file}`), file))
    return [`docs/generated/policies/${file.replace(".json", ".svg")}`, picture(PolicyReport.make(file, settings))]
  }),
]
