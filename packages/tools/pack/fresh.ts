/**
 * Installs the tarballs into a project outside the workspace, as a user would, then compiles and runs a program that imports
 * every exported module.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root, run } from "./run.ts"
import { promised, type Tarball } from "./tarball.ts"

/** What the packages require their user to install: their peers, and the types of Node. */
const beside = ["effect", "@effect/platform-node", "@types/node"]

const program = (specifiers: ReadonlyArray<string>): string =>
  [
    ...specifiers.map((specifier, index) => `import * as m${index} from "${specifier}"`),
    `const modules: ReadonlyArray<object> = [${specifiers.map((_, index) => `m${index}`).join(", ")}]`,
    "console.log(modules.filter((module) => Object.keys(module).length > 0).length)",
    "",
  ].join("\n")

const config = {
  compilerOptions: {
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable"],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    rootDir: "src",
    outDir: "dist",
    types: ["node"],
  },
  include: ["src"],
}

/** Returns how many modules were imported, and how many of them have more than types; throws if a step fails. */
export const check = (tarballs: ReadonlyArray<Tarball>, versions: Readonly<Record<string, string>>) => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-fresh-")))
  try {
    const dependencies = {
      ...Object.fromEntries(beside.map((name) => [name, versions[name]])),
      ...Object.fromEntries(tarballs.map(({ manifest, path }) => [manifest.name, `file:${path}`])),
    }
    const specifiers = tarballs.flatMap(promised)
    mkdirSync(join(project, "src"))
    writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }))
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify(config))
    writeFileSync(join(project, "src/main.ts"), program(specifiers))
    run(
      "npm",
      ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--strict-peer-deps"],
      project,
    )
    run(join(root, "node_modules/.bin/tsc"), ["-p", "."], project)
    const values = Number(run("node", ["dist/main.js"], project))
    const help = run("node", ["node_modules/holdfast/bin/holdfast.js", "--help"], project)
    if (!help.includes("upload")) throw new Error(`holdfast --help shows no command:\n${help}`)
    return { modules: specifiers.length, values }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}
