/**
 * Runs Effect's own diagnostics (floating effects, forgotten `yield*`, ambient time and randomness) over the sources, and over
 * tests, benchmarks, guides and scripts, which may read the system clock. Fails on any error or warning; `tsconfig.base.json`
 * has the severities.
 *
 *     node packages/tools/lint/effect-diagnostics.ts
 */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../../..")

interface TsConfig {
  readonly compilerOptions: {
    readonly plugins: ReadonlyArray<{ readonly diagnosticSeverity: Record<string, string> }>
  }
}

const base = JSON.parse(readFileSync(join(root, "tsconfig.base.json"), "utf8")) as TsConfig
const severities = base.compilerOptions.plugins[0]?.diagnosticSeverity ?? {}
const relaxed = JSON.stringify({ diagnosticSeverity: { ...severities, globalDate: "off", globalRandom: "off" } })

/** Returns whether nothing was found; prints the findings. */
const diagnose = (project: string, options: ReadonlyArray<string>): Promise<boolean> =>
  new Promise((resolve) => {
    const args = ["--project", `packages/tools/lint/diagnostics/${project}.json`, "--format", "text", "--strict"]
    execFile(
      "effect-tsgo",
      ["diagnostics", ...args, "--severity", "error,warning", ...options],
      { cwd: root, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        console.log(`effect diagnostics, ${project}: ${`${stdout}${stderr}`.trim().replaceAll(`${root}/`, "")}`)
        resolve(error === null)
      },
    )
  })

const results = await Promise.all([diagnose("sources", []), diagnose("others", ["--lspconfig", relaxed])])
process.exitCode = results.every(Boolean) ? 0 : 1
