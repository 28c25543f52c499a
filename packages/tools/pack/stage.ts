/**
 * Copies a built package to the place where it is packed. There it takes out what only the workspace needs: its scripts, the
 * condition that leads to the sources, and the declarations of members that are marked `@internal`, which the tests of the package
 * use. It puts in what only a published package has: the address of the repository, in the manifest and in the links of its pages.
 */
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Address from "./address.ts"
import * as Links from "./links.ts"
import { run } from "./run.ts"

/** The condition under which a manifest of the workspace names the sources. */
const sources = "@holdfast/source"

const left = new Set(["node_modules", "test", ".tsbuildinfo"])

/** The manifest of a package as it is packed. */
export const manifest = (text: string, folder: string, address: Address.Address): string => {
  const { scripts: _, ...packed } = JSON.parse(text, (key, value: unknown) =>
    key === sources ? undefined : value,
  ) as Readonly<Record<string, unknown>>
  return `${JSON.stringify({ ...packed, ...Address.fields(address, folder, String(packed["version"])) }, null, 2)}\n`
}

/** Copies a package's folder; returns the folder of the copy. */
export const stage = (folder: string, destination: string, address: Address.Address): string => {
  const staged = join(destination, basename(folder))
  cpSync(folder, staged, { recursive: true, filter: (path) => !left.has(basename(path)) })
  const change = (name: string, to: (text: string) => string): void =>
    writeFileSync(join(staged, name), to(readFileSync(join(staged, name), "utf8")))
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { readonly version: string }
  change("package.json", (text) => manifest(text, basename(folder), address))
  for (const page of globSync("*.md", { cwd: staged })) {
    change(page, (text) => Links.absolute(text, `packages/${basename(folder)}/${page}`, address, version))
  }
  const marked = globSync(join(folder, "src/**/*.ts")).some((file) => readFileSync(file, "utf8").includes("@internal"))
  if (marked) {
    const alone = ["--composite", "false", "--incremental", "false", "--tsBuildInfoFile", "null"]
    run("tsc", ["-p", folder, "--stripInternal", "--emitDeclarationOnly", ...alone, "--outDir", join(staged, "dist")])
  }
  return staged
}
