/** The import graph that dependency-cruiser builds by `structure.ts`, with the violations of its rules. */
import { spawnSync } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export interface Import {
  /** The imported file, from the root. */
  readonly resolved: string
  readonly dependencyTypes: ReadonlyArray<string>
}

export interface Module {
  /** The importing file, from the root. */
  readonly source: string
  readonly dependencies: ReadonlyArray<Import>
}

export interface Violation {
  readonly rule: { readonly name: string }
  readonly from: string
  readonly to: string
}

export interface Graph {
  readonly modules: ReadonlyArray<Module>
  readonly summary: { readonly violations: ReadonlyArray<Violation> }
}

const cruiser = join(
  dirname(fileURLToPath(import.meta.resolve("dependency-cruiser"))),
  "../../bin/dependency-cruiser.mjs",
)

/** Reads the graph of these folders of a workspace. */
export const read = (root: string, folders: ReadonlyArray<string>): Graph => {
  const args = [cruiser, "--config", "packages/tools/lint/structure.ts", "--output-type", "json", ...folders]
  const { stderr, stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 })
  if (!stdout.startsWith("{")) throw new Error(`dependency-cruiser failed in ${root}\n${stdout}${stderr}`)
  return JSON.parse(stdout) as Graph
}

/** The package of a path from the root; `undefined` for a file outside the packages. */
export const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1]
