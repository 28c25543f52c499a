import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const core = new URL("../../", import.meta.url)

const { exports } = JSON.parse(readFileSync(new URL("package.json", core), "utf8")) as {
  readonly exports: Readonly<Record<string, string | null | { readonly "@holdfast/source": string }>>
}

/** The files of core by their import names, as in package.json; one `*` may stand for many. */
export const sources: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(exports).flatMap(([name, target]) =>
    target === null || typeof target === "string"
      ? []
      : [[name.replace(/^\./, "@holdfast/core"), fileURLToPath(new URL(target["@holdfast/source"], core))]],
  ),
)

/** The file that `@holdfast/core/<module>` is imported from. */
export const sourceOf = (module: string): string => {
  const named =
    sources[module === "index" ? "@holdfast/core" : `@holdfast/core/${module}`] ??
    sources["@holdfast/core/*"]?.replace("*", module)
  if (named === undefined || !existsSync(named)) throw new Error(`@holdfast/core/${module} has no source`)
  return named
}
