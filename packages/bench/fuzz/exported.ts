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

/** Their names, as `http/HttpCapture.parse`. A module with a lower-case name, or below `internal`, is not public. */
export const names = (): ReadonlyArray<string> =>
  published.flatMap(([folder, name]) => {
    const source = Path.join(packages, folder, "src")
    return Fs.readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((file) => /^[A-Z]\w*\.ts$/.test(Path.basename(file)) && !file.split(Path.sep).includes("internal"))
      .flatMap((file) =>
        Array.from(Fs.readFileSync(Path.join(source, file), "utf8").matchAll(declaration))
          .filter(([, , type = ""]) => text.test(type))
          .map(([, of = ""]) => `${name}/${Path.basename(file, ".ts")}.${of}`),
      )
  })
