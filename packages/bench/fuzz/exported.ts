/**
 * The exported functions of all packages that are given text which others may have written: by the type of their first
 * parameter, so that none can be forgotten.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"

const packages = Path.resolve(import.meta.dirname, "../..")

/** The packages that are published, by folder and by the name that readers have. */
const published: ReadonlyArray<readonly [folder: string, name: string]> = [
  ...["core", "diagnosis", "http", "oauth", "s3", "c2c", "explain", "sandbox"].map((name) => [name, name] as const),
  ["cli", "holdfast"],
]

/** An exported function, and the type of its first parameter. */
const declaration = /^export const (\w+)[^=\n]*=\s*(?:<[^>]*>\s*)?\(\s*(?:\{[^}]*\}|\w+)\??\s*:\s*([^,)=]+)/gm

const text = /\b(?:string|Uint8Array|HttpAnswer|Exchange|Request|Headers|unknown)\b/

interface Manifest {
  readonly exports: Readonly<Record<string, string | null | { readonly source?: string }>>
}

/** The sources of a package's public modules, as its `exports` names them. */
const modules = (folder: string): ReadonlyArray<string> => {
  const root = Path.join(packages, folder)
  const { exports } = JSON.parse(Fs.readFileSync(Path.join(root, "package.json"), "utf8")) as Manifest
  return Object.values(exports).flatMap((target) => {
    const source = typeof target === "string" ? undefined : target?.source
    if (source === undefined) return []
    if (!source.includes("*")) return [Path.join(root, source)]
    const inside = Path.join(root, Path.dirname(source))
    return Fs.readdirSync(inside)
      .filter((file) => file.endsWith(".ts"))
      .map((file) => Path.join(inside, file))
  })
}

/** Their names, as `http/HttpCapture.parse`. */
export const names = (): ReadonlyArray<string> =>
  published.flatMap(([folder, name]) =>
    modules(folder)
      .filter((file) => Path.basename(file) !== "index.ts")
      .flatMap((file) =>
        Array.from(Fs.readFileSync(file, "utf8").matchAll(declaration))
          .filter(([, , type = ""]) => text.test(type))
          .map(([, of = ""]) => `${name}/${Path.basename(file, ".ts")}.${of}`),
      ),
  )
