/**
 * Runs Effect's own diagnostics (floating effects, forgotten `yield*`, ambient time and randomness) over every project of
 * the workspace, and fails on any finding. The severities are those of `tsconfig.base.json`; projects of tests, docs and
 * scripts may read the system clock.
 *
 *     node scripts/effect-diagnostics.ts [tsconfig…]      default: the references of tsconfig.json
 */
import { execFile } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { availableParallelism } from "node:os"
import { basename, dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"

const root = dirname(dirname(fileURLToPath(import.meta.url)))

interface TsConfig {
  readonly references?: ReadonlyArray<{ readonly path: string }>
  readonly compilerOptions: {
    readonly plugins?: ReadonlyArray<{ readonly diagnosticSeverity: Record<string, string> }>
  }
}

const readConfig = (path: string): TsConfig => JSON.parse(readFileSync(path, "utf8"))

const projectOf = (path: string): string => (statSync(path).isDirectory() ? join(path, "tsconfig.json") : path)

const severities = readConfig(join(root, "tsconfig.base.json")).compilerOptions.plugins?.[0]?.diagnosticSeverity ?? {}
const relaxed = JSON.stringify({ diagnosticSeverity: { ...severities, globalDate: "off", globalRandom: "off" } })

const isSource = (project: string): boolean =>
  basename(project) === "tsconfig.json" && basename(dirname(dirname(project))) === "packages"

const diagnose = (
  project: string,
): Promise<{ readonly project: string; readonly failed: boolean; readonly text: string }> =>
  new Promise((resolve) => {
    const args = ["diagnostics", "--project", project, "--format", "text", "--strict"]
    if (!isSource(project)) args.push("--lspconfig", relaxed)
    execFile("effect-tsgo", args, { cwd: root, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      resolve({ project, failed: error !== null, text: `${stdout}${stderr}`.trim() }),
    )
  })

const named = process.argv.slice(2)
const projects =
  named.length > 0
    ? named
    : (readConfig(join(root, "tsconfig.json")).references ?? []).map(({ path }) => projectOf(join(root, path)))

const queue = [...projects]
let failures = 0
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let project = queue.shift(); project !== undefined; project = queue.shift()) {
      const result = await diagnose(project)
      if (!result.failed) continue
      failures++
      console.error(`${relative(root, result.project)}\n${result.text.replaceAll(`${root}/`, "")}\n`)
    }
  }),
)
console.log(`effect diagnostics: ${projects.length} projects, ${failures} with findings`)
process.exitCode = failures === 0 ? 0 : 1
