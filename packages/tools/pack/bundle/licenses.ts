/**
 * The licenses of the third-party packages that a bundle contains.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, sep } from "node:path"

/** A package of which at least one module is in the bundle. */
export interface Licensed {
  readonly name: string
  readonly version: string
  /** The SPDX expression in its manifest. */
  readonly license: string
  /** The license file, or the statement of the manifest if the package has no file. */
  readonly text: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name?: string }
}

/** The packages of the modules, sorted by name. Modules outside `node_modules` are the workspace's own. */
export const of = (modules: ReadonlyArray<string>): ReadonlyArray<Licensed> =>
  [...new Set(modules.filter((path) => path.split(sep).includes("node_modules")).map(folderOf))]
    .map(read)
    .toSorted((one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version))

/** The license file that is published with the bundle. */
export const document = (packages: ReadonlyArray<Licensed>): string =>
  [
    "The command holdfast contains code of the packages below, each under its own license.\n",
    ...packages.map(
      ({ license, name, text, version }) => `${"-".repeat(80)}\n${name} ${version}: ${license}\n\n${text.trim()}\n`,
    ),
  ].join("\n")

/** The folder of a module's package: the nearest one whose manifest has a name and a version. */
const folderOf = (module: string): string => {
  for (let at = dirname(module); at !== dirname(at); at = dirname(at)) {
    const path = join(at, "package.json")
    if (existsSync(path) && manifestOf(at).version !== undefined) return at
  }
  throw new Error(`${module} belongs to no package`)
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

const read = (folder: string): Licensed => {
  const { author, license, name, version } = manifestOf(folder)
  if (license === undefined) throw new Error(`${name} states no license`)
  const file = readdirSync(folder).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one))
  const holder = typeof author === "string" ? author : author?.name
  const text =
    file === undefined
      ? `The package has no license file. Its manifest states the license ${license} and the author ${holder ?? name}.`
      : readFileSync(join(folder, file), "utf8")
  return { name, version, license, text }
}
