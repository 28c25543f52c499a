/** The tables between `<!-- generated: name -->` and `<!-- end -->` in the pages. */
import * as ExitCode from "holdfast/ExitCode"
import * as PolicyDefaults from "./policies/defaults.ts"
import * as Errors from "./tables/errors.ts"
import * as Architecture from "./tables/architecture.ts"
import { table } from "./tables/markdown.ts"
import * as Metrics from "./tables/metrics.ts"
import * as Sandbox from "./tables/sandbox.ts"
import * as Waits from "./tables/waits.ts"

const exitCodes = table(
  ["code", "meaning"],
  Object.values(ExitCode.table).map(({ code, meaning }) => [String(code), meaning]),
)

type Section = readonly [page: string, name: string, text: string]

const policies = Object.entries(PolicyDefaults.tables).map(([name, options]): Section => [
  `docs/policies/${PolicyDefaults.pageOf[name]}.md`,
  name,
  table(PolicyDefaults.head, PolicyDefaults.rows(name, options)),
])

const of = (page: string, sections: ReadonlyArray<readonly [name: string, text: string]>): ReadonlyArray<Section> =>
  sections.map(([name, text]) => [page, name, text])

/** Each section: its page, the name of its marker and its text. */
export const sections: ReadonlyArray<Section> = [
  ...of("README.md", [["exit codes", exitCodes]]),
  ...of("docs/architecture.md", Architecture.sections),
  ...of("docs/policies/backoff.md", Waits.backoff),
  ...of("docs/policies/timeout.md", Waits.timeout),
  ...policies,
  ...of("docs/observability.md", Metrics.sections),
  ...of("docs/sandbox.md", Sandbox.sections),
  ...of("docs/error-tables.md", Errors.sections),
]
