/**
 * Finds the exported functions of all packages that take external text, by the type of their first parameter, so that none is
 * forgotten.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

const packages = Path.resolve(import.meta.dirname, "../..")

/** The packages that are libraries. */
const libraries = ["core", "diagnosis", "http", "oauth", "s3", "c2c", "durable", "explain", "sandbox"]

/** An exported function, and the type of its first parameter. */
const declaration = /^export const (\w+)[^=\n]*=\s*(?:<[^>]*>\s*)?\(\s*(?:\{[^}]*\}|\w+)\??\s*:\s*([^,)=]+)/gm

const text = /\b(?:string|Uint8Array|HttpAnswer|Exchange|Request|Headers|unknown)\b/

interface Manifest {
  readonly exports: Readonly<Record<string, string | null | { readonly "@holdfast/source"?: string }>>
}

/** A module to search, and its name in readers. */
interface Module {
  readonly file: string
  readonly name: string
}

/** The public modules of a library by its `exports`: `http/HttpCapture`. */
const publicModules = (folder: string): ReadonlyArray<Module> => {
  const root = Path.join(packages, folder)
  const { exports } = JSON.parse(Fs.readFileSync(Path.join(root, "package.json"), "utf8")) as Manifest
  return Object.values(exports)
    .flatMap((target) => {
      const source = typeof target === "string" ? undefined : target?.["@holdfast/source"]
      if (source === undefined) return []
      if (!source.includes("*")) return [Path.join(root, source)]
      const inside = Path.join(root, Path.dirname(source))
      return Fs.readdirSync(inside)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => Path.join(inside, file))
    })
    .map((file) => ({ file, name: `${folder}/${Path.basename(file, ".ts")}` }))
}

/** All modules of the command, which exports few of them but prints external text: `holdfast/explain/View`. */
const commandModules = (): ReadonlyArray<Module> => {
  const source = Path.join(packages, "cli/src")
  return Fs.readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({
      file: Path.join(source, file),
      name: `holdfast/${file.slice(0, -".ts".length).replaceAll(Path.sep, "/")}`,
    }))
}

/** The names of these functions, such as `http/HttpCapture.parse`. */
export const names = (): ReadonlyArray<string> =>
  [...libraries.flatMap(publicModules), ...commandModules()]
    .filter(({ file }) => Path.basename(file) !== "index.ts")
    .flatMap(({ file, name }) =>
      Array.from(Fs.readFileSync(file, "utf8").matchAll(declaration))
        .filter(([, , type = ""]) => text.test(type))
        .map(([, of = ""]) => `${name}.${of}`),
    )
