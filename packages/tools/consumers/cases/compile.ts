/**
 * Compiles every public module with each way of module resolution that users have, and looks for types without a public name.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { promised, type Tarball } from "../../pack/tarball.ts"
import * as Project from "../project.ts"
import * as Unnamed from "../unnamed.ts"

const program = (specifiers: ReadonlyArray<string>): string =>
  [
    ...specifiers.map((specifier, index) => `import * as m${index} from "${specifier}"`),
    `export const modules: ReadonlyArray<object> = [${specifiers.map((_, index) => `m${index}`).join(", ")}]`,
    "",
  ].join("\n")

const ways = {
  NodeNext: { module: "NodeNext" },
  bundler: { module: "ESNext", moduleResolution: "bundler" },
  'customConditions: ["source"]': { module: "NodeNext", customConditions: ["source"] },
  'bundler with customConditions: ["source"]': {
    module: "ESNext",
    moduleResolution: "bundler",
    customConditions: ["source"],
  },
}

/**
 * Compiles with each way of resolution, with `exactOptionalPropertyTypes` and without `skipLibCheck`. Returns a line for each.
 */
export const check = (project: string, tarballs: ReadonlyArray<Tarball>): ReadonlyArray<string> => {
  const specifiers = tarballs.flatMap(promised)
  Project.write(project, { "src/main.ts": program(specifiers) })
  return Object.entries(ways).map(([name, options]) => {
    Project.compile(project, { ...options, noEmit: true })
    return `${name}: ${specifiers.length} modules compile`
  })
}

type Exports = Readonly<Record<string, string | null | { readonly types?: string; readonly default: string }>>

/** The declaration file of each public module, by its specifier. */
export const declarations = (project: string, tarballs: ReadonlyArray<Tarball>): ReadonlyMap<string, string> =>
  new Map(
    tarballs.flatMap((tarball) => {
      const { exports = {}, name } = tarball.manifest as { readonly exports?: Exports; readonly name: string }
      return promised(tarball).map((specifier) => {
        const key = `.${specifier.slice(name.length)}`
        const target = exports[key] ?? exports["./*"]
        const conditions = typeof target === "object" && target !== null ? target : { default: String(target) }
        const path = (conditions.types ?? conditions.default).replace("*", key.slice(2)).replace(/\.js$/, ".d.ts")
        return [specifier, join(project, "node_modules", name, path)] as const
      })
    }),
  )

/** Throws if a public signature mentions a type that no public module exports. */
export const checkNames = (project: string, tarballs: ReadonlyArray<Tarball>): string => {
  const modules = declarations(project, tarballs)
  const found = Unnamed.find(
    [...modules.values()],
    (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
    (specifier, from) => (specifier.startsWith(".") ? Unnamed.relative(specifier, from) : modules.get(specifier)),
  )
  if (found.length > 0) {
    const lines = found.map(({ file, from, name }) => `${name} of ${file}, by ${from}`)
    throw new Error(`types without a public name:\n${lines.join("\n")}`)
  }
  return `names: every type that the signatures of ${modules.size} modules mention has a public name`
}
