/** The tarball of a package, and the modules that it exports. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./run.ts"

type Target = string | null | ({ readonly default: string } & Readonly<Record<string, string>>)

export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, Target>>
}

export const manifestOf = (cwd: string): Manifest =>
  JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")) as Manifest

export interface Tarball {
  readonly manifest: Manifest
  /** The path of the tarball. */
  readonly path: string
  /** Its files, from the root of the package. */
  readonly files: ReadonlyArray<string>
}

type Packed = { readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }

const npmPack = (cwd: string, options: ReadonlyArray<string>): Packed => {
  const args = ["pack", "--json", "--ignore-scripts", ...options]
  const output = JSON.parse(run("npm", args, cwd)) as ReadonlyArray<Packed> | Readonly<Record<string, Packed>>
  // npm 11 answers with an array, npm 12 with a record by package name.
  const [packed] = Object.values(output)
  if (packed === undefined) throw new Error(`npm pack made nothing of ${cwd}`)
  return packed
}

const paths = ({ files }: Packed): ReadonlyArray<string> => files.map((file) => file.path)

/** Packs the package of a folder into another folder. */
export const pack = (cwd: string, destination: string): Tarball => {
  const packed = npmPack(cwd, ["--pack-destination", destination])
  const path = join(destination, packed.filename.replace("@", "").replace("/", "-"))
  return { manifest: manifestOf(cwd), path, files: paths(packed) }
}

/** The files that a tarball of a folder would have. */
export const list = (cwd: string): ReadonlyArray<string> => paths(npmPack(cwd, ["--dry-run"]))

/** The compiled files of a tarball without a source in it, such as those of a module that has moved. */
export const withoutSource = (files: ReadonlyArray<string>): ReadonlyArray<string> =>
  files.filter((file) => {
    const [, module] = /^dist\/(.+?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(file) ?? []
    return file.startsWith("dist/") && (module === undefined || !files.includes(`src/${module}.ts`))
  })

/** The specifiers in `exports`: plain names, and for patterns every file that they match. */
export const promised = ({ manifest, files }: Pick<Tarball, "files" | "manifest">): ReadonlyArray<string> => {
  const entries = Object.entries(manifest.exports ?? {}).filter(([key]) => !key.endsWith(".json"))
  const matches = (key: string, other: string): boolean => {
    const [before = "", after = ""] = key.split("*")
    return key.includes("*") ? other.startsWith(before) && other.endsWith(after) : key === other
  }
  const hidden = entries.filter(([, target]) => target === null).map(([key]) => key)
  return entries
    .flatMap(([key, target]) => {
      if (target === null) return []
      if (!key.includes("*")) return [key]
      const [before = "", after = ""] = (typeof target === "string" ? target : target.default)
        .replace("./", "")
        .split("*")
      return files
        .filter((file) => file.startsWith(before) && file.endsWith(after))
        .map((file) => key.replace("*", file.slice(before.length, file.length - after.length)))
    })
    .filter((key) => !hidden.some((pattern) => matches(pattern, key)))
    .map((key) => `${manifest.name}${key.slice(1)}`)
    .toSorted()
}
