/** Projects outside the workspace, like those of users. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root, run } from "../pack/run.ts"
import type { Tarball } from "../pack/tarball.ts"

/** The exact versions that the workspace uses for development. */
export const versions = (
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
).devDependencies

const folders: Array<string> = []

/** Makes a new, empty folder, which {@link clear} removes. */
export const folder = (name: string): string => {
  const made = realpathSync(mkdtempSync(join(tmpdir(), `holdfast-${name}-`)))
  folders.push(made)
  return made
}

/** Removes all folders. */
export const clear = (): void => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
}

/** Writes the files of a project. */
export const write = (project: string, files: Readonly<Record<string, unknown>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), typeof content === "string" ? content : JSON.stringify(content))
  }
}

/** The packed packages as dependencies for a manifest. */
export const dependencies = (tarballs: ReadonlyArray<Tarball>): Readonly<Record<string, string>> =>
  Object.fromEntries(tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`]))

/** Installs the dependencies of the manifest; throws npm's output if npm refuses. */
export const install = (project: string): void => {
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
  run("npm", ["install", "--prefer-offline", "--strict-peer-deps", ...quiet], project)
}

const strict = {
  target: "ES2023",
  lib: ["ES2023", "DOM", "DOM.Iterable"],
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  verbatimModuleSyntax: true,
  types: ["node"],
}

/** Compiles a project with the compiler of the workspace; throws its errors. */
export const compile = (
  project: string,
  options: Readonly<Record<string, unknown>>,
  include: ReadonlyArray<string> = ["src"],
): void => {
  write(project, { "tsconfig.json": { compilerOptions: { ...strict, ...options }, include } })
  run(join(root, "node_modules/.bin/tsc"), ["-p", "."], project)
}
