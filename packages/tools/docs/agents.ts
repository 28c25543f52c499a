/** The checkable parts of the packages' `AGENTS.md`: programs, and names that exist or do not. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "../pack/run.ts"
import { fences, read, root } from "./pages.ts"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, unknown>>
}

/** A package that is published, and the modules that it exports. */
export interface Published {
  readonly folder: string
  readonly name: string
  readonly modules: ReadonlyArray<string>
}

/** All packages that are published. */
export const published: ReadonlyArray<Published> = readdirSync(join(root, "packages")).flatMap((folder) => {
  const { exports = {}, name, private: isPrivate } = JSON.parse(read(`packages/${folder}/package.json`)) as Manifest
  const modules = Object.keys(exports).flatMap((key) => /^\.\/(\w+)$/.exec(key)?.[1] ?? [])
  return isPrivate === true ? [] : [{ folder, name, modules }]
})

/** The page of a package for coding agents. */
export const pageOf = ({ folder }: Published): string => `packages/${folder}/AGENTS.md`

/** The names in the first column of the table of names that do not exist, and the text before the table. */
export const absent = (page: string): { readonly before: string; readonly names: ReadonlyArray<string> } => {
  const [before = "", table = ""] = page.split("## Names that do not exist\n")
  return { before, names: [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = ""]) => name) }
}

/** The module members that a text names, such as `Pipeline.run`. Only names at the start of backticks count. */
export const members = (text: string): ReadonlyArray<readonly [module: string, member: string]> =>
  [...text.matchAll(/`([A-Z]\w+)\.([a-z]\w*)/g)].map(([, module = "", member = ""]) => [module, member])

/** The programs in the pages that name no file, each with its position. */
export const programs = (pages: ReadonlyArray<string>) =>
  pages.flatMap((page) =>
    fences(read(page)).flatMap(({ code, file, line }) => (file === undefined ? [{ page, line, code }] : [])),
  )

/** Compiles programs as a user of the packages would; throws the compiler's messages by page and line. */
export const compile = (found: ReturnType<typeof programs>): void => {
  const folder = join(root, "packages/tools/dist/programs")
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { code, line, page } of found) {
    const name = `${page.replaceAll("/", "-").replace(/^packages-|\.md$/g, "")}-${line}.ts`
    // As many lines precede the program as in its page, so that the compiler reports the page's line numbers.
    writeFileSync(join(folder, name), "\n".repeat(line) + code)
  }
  // Compiles the declarations of the packages, unless they are up to date.
  const references = published.map((one) => ({ path: `../../../${one.folder}` }))
  const compilerOptions = { noEmit: true, rootDir: "../../../..", tsBuildInfoFile: ".tsbuildinfo" }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../../../tsconfig.base.json", compilerOptions, include: ["*.ts"], references }),
  )
  run("tsc", ["-b", folder])
}
