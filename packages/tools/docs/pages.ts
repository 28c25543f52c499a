/** Reads and updates what a page shows of the code: programs with their output, and generated tables. */
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
  ...["docs", "docs/policies", "packages/explain/page", "docs/generated/diagnosis"].flatMap(pagesIn),
]

/** The pages of the packages. Their links are checked here, and the programs that name a file. */
export const packagePages: ReadonlyArray<string> = readdirSync(join(root, "packages"))
  .map((name) => `packages/${name}/README.md`)
  .filter((path) => existsSync(join(root, path)))

export const read = (path: string): string => readFileSync(join(root, path), "utf8")

/** The anchors of a page: its headings in GitHub's link format. */
export const slugs = (path: string): ReadonlyArray<string> =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  )

/** A fence of TypeScript in a page, and the text block directly after it, which is the program's output. */
export interface Fence {
  readonly line: number
  /** The program's path inside `docs`; `undefined` for a fence without one, which is an error. */
  readonly file: string | undefined
  /** The region of the program that the fence shows; `undefined` for the whole program. */
  readonly part: string | undefined
  readonly code: string
  readonly output: string | undefined
}

/** The regions of a program: what stands between `// #region name` and `// #endregion`, without the indentation they share. */
export const regions = (program: string): ReadonlyMap<string, string> =>
  new Map(
    [...program.matchAll(/^ *\/\/ #region (\S+)\n([\s\S]*?)^ *\/\/ #endregion$/gm)].map(([, name = "", text = ""]) => {
      const indent = Math.min(...[...text.matchAll(/^( *)\S/gm)].map(([, spaces = ""]) => spaces.length))
      return [name, text.replaceAll(new RegExp(`^ {${indent}}`, "gm"), "")]
    }),
  )

/** What a fence shows of a program in `docs`; throws if the program has no such region. */
export const quoted = (file: string, part: string | undefined): string => {
  const program = read(`docs/${file}`)
  const text = part === undefined ? program : regions(program).get(part)
  if (text === undefined) throw new Error(`docs/${file} has no region ${part}`)
  return text
}

/** Only blank lines may be between a fence and its output. */
const pattern = /^```ts([^\n]*)\n([\s\S]*?)^```\n(?:(\s*)^```text\n([\s\S]*?)^```$)?/gm

/** A word of the line that begins a fence: `file=…`, `part=…`. */
const named = (name: string, info = ""): string | undefined => new RegExp(`\\b${name}=(\\S+)`).exec(info)?.[1]

/** The TypeScript fences of a page. */
export const fences = (page: string): ReadonlyArray<Fence> =>
  [...page.matchAll(pattern)].map((match) => ({
    line: page.slice(0, match.index).split("\n").length,
    file: named("file", match[1]),
    part: named("part", match[1]),
    code: match[2] ?? "",
    output: match[4],
  }))

/** Replaces every named fence of a page, and the output after it. */
export const refresh = (
  page: string,
  code: (file: string, part: string | undefined) => string,
  output: (file: string) => string,
): string =>
  page.replace(pattern, (whole: string, info: string, _code: string, gap: string | undefined) => {
    const file = named("file", info)
    if (file === undefined) return whole
    const shown = gap === undefined ? "" : `${gap}\`\`\`text\n${output(file)}\`\`\``
    return `\`\`\`ts${info}\n${code(file, named("part", info))}\`\`\`\n${shown}`
  })

/** Replaces the text between the markers of a generated part of a page; throws if the page has no such markers. */
export const insert = (page: string, name: string, text: string): string => {
  const start = `<!-- generated: ${name} -->`
  const from = page.indexOf(start)
  const to = page.indexOf("<!-- end -->", from)
  if (from < 0 || to < 0) throw new Error(`no markers for "${name}"`)
  return `${page.slice(0, from)}${start}\n\n${text}\n\n${page.slice(to)}`
}
