/** Reads and rewrites what a page shows of the code: programs with their output, and generated tables. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../../..")
export const docs = join(root, "docs")

const pagesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`)

/** The pages whose programs and tables are checked, as paths from the root. */
export const pages: ReadonlyArray<string> = [
  "README.md",
  "CONTRIBUTING.md",
  ...["docs", "packages/explain/page", "docs/generated/diagnosis"].flatMap(pagesIn),
]

/** The pages of the packages: their links are checked here, and the programs that name a file. */
export const packagePages: ReadonlyArray<string> = readdirSync(join(root, "packages"))
  .map((name) => `packages/${name}/README.md`)
  .filter((path) => existsSync(join(root, path)))

export const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** A fence of TypeScript in a page, and the block of text right after it, which is what the program prints. */
export interface Fence {
  readonly line: number
  /** The program's path inside `docs`; `undefined` for a fence that names none, which is an error. */
  readonly file: string | undefined
  readonly code: string
  readonly output: string | undefined
}

/** Only blank lines may stand between a fence and its output. */
const pattern = /^```ts([^\n]*)\n([\s\S]*?)^```\n(?:(\s*)^```text\n([\s\S]*?)^```$)?/gm

/** The TypeScript fences of a page. */
export const fences = (page: string): ReadonlyArray<Fence> =>
  [...page.matchAll(pattern)].map((match) => ({
    line: page.slice(0, match.index).split("\n").length,
    file: /\bfile=(\S+)/.exec(match[1] ?? "")?.[1],
    code: match[2] ?? "",
    output: match[4],
  }))

/** The page with every named fence, and the output after it, replaced. */
export const refresh = (page: string, code: (file: string) => string, output: (file: string) => string): string =>
  page.replace(pattern, (whole: string, info: string, _code: string, gap: string | undefined) => {
    const file = /\bfile=(\S+)/.exec(info)?.[1]
    if (file === undefined) return whole
    const shown = gap === undefined ? "" : `${gap}\`\`\`text\n${output(file)}\`\`\``
    return `\`\`\`ts${info}\n${code(file)}\`\`\`\n${shown}`
  })

/** The page with the text between the markers of a generated part replaced; throws when it has no such markers. */
export const insert = (page: string, name: string, text: string): string => {
  const start = `<!-- generated: ${name} -->`
  const from = page.indexOf(start)
  const to = page.indexOf("<!-- end -->", from)
  if (from < 0 || to < 0) throw new Error(`no markers for "${name}"`)
  return `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`
}
