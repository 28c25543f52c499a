/**
 * Lets a checkout run its sources, with type stripping and with the sources of the sibling packages.
 */
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"

const packages = new URL("../../", import.meta.url).href

/** The export condition under which the manifests of a checkout name their sources. */
const condition = "@holdfast/source"

/** The `exports` of the sibling packages, by folder. */
const exportsOf = new Map()

/**
 * Has the effect of `node --conditions=@holdfast/source` without a second process for the flag. Sources import each
 * other by file name and each manifest is read once, so no path is searched. That search alone took a quarter of the
 * time of `explain`.
 */
export function register() {
  const known = (url) => ({ url, format: "module-typescript", shortCircuit: true })
  registerHooks({
    resolve: (specifier, context, next) => {
      const [, sibling, name] = /^@holdfast\/(\w+)\/(\w+)$/.exec(specifier) ?? []
      const source = sibling === undefined ? undefined : sourceOf(`${packages}${sibling}/`, name)
      if (source !== undefined) return known(source)
      if (/^\.{1,2}\/.*\.ts$/.test(specifier) && context.parentURL?.startsWith(packages)) {
        return known(new URL(specifier, context.parentURL).href)
      }
      return next(
        specifier,
        specifier.startsWith("@holdfast/") ? { ...context, conditions: [...context.conditions, condition] } : context,
      )
    },
  })
}

/** The source file of a sibling package's public module, as its manifest names it. */
function sourceOf(folder, name) {
  let exported = exportsOf.get(folder)
  if (exported === undefined) {
    exported = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")).exports
    exportsOf.set(folder, exported)
  }
  const path = exported[`./${name}`]?.[condition]
  return path === undefined ? undefined : new URL(path, folder).href
}
