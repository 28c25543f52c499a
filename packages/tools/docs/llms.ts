/** Builds `llms.txt` (llmstxt.org), the first file for a tool that writes code, from the guides' headings and the manifests. */
import { basename } from "node:path"
import { pageOf, published } from "./agents.ts"
import { pages, read } from "./pages.ts"

export const path = "llms.txt"

/** The guides: the hand-written pages below `docs`. */
export const guides: ReadonlyArray<string> = pages.filter(
  (page) => page.startsWith("docs/") && !page.startsWith("docs/generated/"),
)

const titleOf = (page: string): string => /^# (.+)$/m.exec(page)?.[1] ?? ""

const plain = (paragraph: string): string =>
  paragraph
    .replaceAll("\n", " ")
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
    .replace(/[.:]$/, "")

/** The content of a page: its purpose, or else its headings. */
const contentOf = (page: string, text: string): string => {
  if (page === "docs/README.md") return "what to read for which task"
  const [, purpose] = /^## Purpose\n\n([\s\S]+?)\n\n/m.exec(text) ?? []
  if (purpose !== undefined) return plain(purpose)
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, "")
  return [...prose.matchAll(/^## (.+)$/gm)].map(([, heading = ""]) => plain(heading)).join("; ")
}

const guide = (page: string): string => {
  const text = read(page)
  return `- [${titleOf(text)}](${page}): ${contentOf(page, text)}`
}

const descriptionOf = (folder: string): string =>
  (JSON.parse(read(`packages/${folder}/package.json`)) as { readonly description: string }).description

const isMap = (page: string): boolean => basename(page) === "README.md"

/** A section with the guides of one folder, starting with the folder's map. */
const section = (title: string, folder: string): string =>
  [
    `## ${title}`,
    "",
    ...guides
      .filter((page) => page.startsWith(`${folder}/`) && !page.slice(folder.length + 1).includes("/"))
      .toSorted((a, b) => Number(isMap(b)) - Number(isMap(a)) || a.localeCompare(b))
      .map(guide),
  ].join("\n")

/** The folders of guides below `docs`. */
const folders = [...new Set(guides.map((page) => page.slice(0, page.lastIndexOf("/"))))].filter((folder) =>
  folder.startsWith("docs/"),
)

const capitalized = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** The text, from the current pages. */
export const text = (): string =>
  [
    "# Holdfast",
    "",
    "> Retries, circuit breakers, limits, hedges, deadlines and gates for TypeScript programs that call other people's APIs, built on",
    "> Effect 4 and usable from plain promises; the true cause of imprecise HTTP, S3 and OAuth errors; a client for Frame.io Camera to",
    "> Cloud.",
    "",
    "Write code with the `AGENTS.md` of the package at hand: its modules, its idioms, the common mistakes, and the names that do not exist.",
    "Names of Effect 3 are often wrong in Effect 4.",
    "",
    "## For coding agents",
    "",
    ...published.map((one) => `- [${one.name}](${pageOf(one)}): ${descriptionOf(one.folder)}`),
    "",
    section("Guides", "docs"),
    "",
    ...folders.flatMap((folder) => [section(capitalized(basename(folder)), folder), ""]),
    "## Packages",
    "",
    ...published.map(({ folder, name }) => `- [${name}](packages/${folder}/README.md): its README, with every module`),
    "",
    "## Optional",
    "",
    "- [README](README.md): what it is, a first program, the demonstration",
    "- [Contributing](CONTRIBUTING.md): the layout, the rules and the style of the code",
    "- [Every code of explain](docs/generated/diagnosis/README.md): each cause that `holdfast explain` knows, with an example",
    "",
  ].join("\n")
