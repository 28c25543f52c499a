/**
 * Installs the tarballs in a new project with only the dependencies of the guides' programs. The programs must compile and
 * print what the guides show, and those that are tests must pass.
 */
import { cpSync, existsSync, globSync, mkdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fences, packagePages, pages, read } from "../../docs/pages.ts"
import { root, run } from "../../pack/run.ts"
import type { Tarball } from "../../pack/tarball.ts"
import * as Project from "../project.ts"

/**
 * The files that run a program, from the root of the repository. They are copied, so that their import of Effect resolves in
 * the new project.
 */
const runner = [
  "packages/tools/docs/programs.ts",
  "packages/tools/docs/pages.ts",
  "packages/cli/test/support/ScaledClock.ts",
]

const main = `import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { run } from "./packages/tools/docs/programs.ts"
const printed = {}
for (const file of JSON.parse(readFileSync("files.json", "utf8"))) printed[file] = await Effect.runPromise(run(file))
writeFileSync("printed.json", JSON.stringify(printed))
`

const isTest = (file: string): boolean => file.endsWith(".test.ts")

/** The packages that a program imports, except Node's modules. */
const imported = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\b(?:from|import) "((?:@[\w-]+\/)?[\w-]+)(?:\/[^"]*)?"/g)].map(([, name = ""]) => name)

const versionOf = (name: string): string =>
  (JSON.parse(read(`node_modules/${name}/package.json`)) as { readonly version: string }).version

/** The output of each program in the guides; a guide may show a program without output. */
const shown = (): ReadonlyMap<string, string> =>
  new Map(
    [...pages, ...packagePages].flatMap((page) =>
      fences(read(page)).flatMap(({ file, output }) =>
        file === undefined || output === undefined ? [] : [[file, output] as const],
      ),
    ),
  )

/** Returns a line for the programs, and one for the tests among them. */
export const check = (tarballs: ReadonlyArray<Tarball>): ReadonlyArray<string> => {
  const project = Project.folder("programs")
  // The configuration of the workspace's compiler leads out of the project.
  const filter = (path: string): boolean => !/tsconfig\.json$|\.tsbuildinfo$/.test(path)
  cpSync(join(root, "docs"), join(project, "docs"), { recursive: true, filter })
  for (const file of runner) cpSync(join(root, file), join(project, file))
  // The runner lists the pages of the repository, although it reads none here.
  for (const page of pages) mkdirSync(join(project, dirname(page)), { recursive: true })

  const files = globSync("pipelines/**/*.ts", { cwd: join(root, "docs") }).toSorted()
  const ours = new Set(tarballs.map(({ manifest }) => manifest.name))
  const others = [
    "@types/node",
    ...files.flatMap((file) => imported(readFileSync(join(root, "docs", file), "utf8"))),
  ].filter((name) => !ours.has(name) && !name.startsWith("node:"))
  const programs = files.filter((file) => !isTest(file))
  Project.write(project, {
    "package.json": {
      private: true,
      type: "module",
      dependencies: {
        ...Project.dependencies(tarballs),
        ...Object.fromEntries(others.map((name) => [name, versionOf(name)])),
      },
    },
    "files.json": programs,
    "main.ts": main,
  })
  Project.install(project)
  Project.compile(project, { module: "NodeNext", noEmit: true, allowImportingTsExtensions: true }, ["docs/pipelines"])

  run("node", ["main.ts"], project)
  const printed = JSON.parse(readFileSync(join(project, "printed.json"), "utf8")) as Readonly<Record<string, string>>
  const expected = shown()
  for (const file of programs) {
    const text = expected.get(file)
    if (text === undefined) throw new Error(`no guide shows what docs/${file} prints`)
    if (printed[file] !== text)
      throw new Error(`docs/${file} with the tarballs printed\n${printed[file]}\nexpected\n${text}`)
  }
  const line = `guides: ${programs.length} programs compile in a new project, and print what the guides show`
  const tests = files.filter(isTest)
  if (tests.length === 0) return [line]
  const vitest = join(project, "node_modules/vitest/vitest.mjs")
  if (!existsSync(vitest)) throw new Error("the tests in the guides import no vitest")
  run("node", [vitest, "run", "--root", project, "docs/pipelines"], project)
  return [line, `guides: ${tests.length} tests pass there`]
}
