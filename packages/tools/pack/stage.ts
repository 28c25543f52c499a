/**
 * Copies a built package to the place where it is packed, and there takes out what only the workspace needs: the condition
 * that leads to the sources, and the declarations of members that are marked `@internal`, which the tests of the package use.
 */
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import { run } from "./run.ts"

/** The condition under which a manifest of the workspace names the sources. */
const sources = "@holdfast/source"

const left = new Set(["node_modules", "test", ".tsbuildinfo"])

/** The folder of the copy of a package's folder. */
export const stage = (folder: string, destination: string): string => {
  const staged = join(destination, basename(folder))
  cpSync(folder, staged, { recursive: true, filter: (path) => !left.has(basename(path)) })
  const manifest = join(staged, "package.json")
  const withoutSources = JSON.parse(readFileSync(manifest, "utf8"), (key, value: unknown) =>
    key === sources ? undefined : value,
  ) as unknown
  writeFileSync(manifest, `${JSON.stringify(withoutSources, null, 2)}\n`)
  const marked = globSync(join(folder, "src/**/*.ts")).some((file) => readFileSync(file, "utf8").includes("@internal"))
  if (marked) {
    const alone = ["--composite", "false", "--incremental", "false", "--tsBuildInfoFile", "null"]
    run("tsc", ["-p", folder, "--stripInternal", "--emitDeclarationOnly", ...alone, "--outDir", join(staged, "dist")])
  }
  return staged
}
