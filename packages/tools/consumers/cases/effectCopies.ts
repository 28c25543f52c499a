/** Tests a second copy of Effect: next to the packages, in the program, and if npm is asked for an older one. */
import { cpSync, mkdirSync, renameSync } from "node:fs"
import { join } from "node:path"
import { run } from "../../pack/run.ts"
import type { Tarball } from "../../pack/tarball.ts"
import * as Project from "../project.ts"

/** The last release before the one that the packages require. */
const older = "4.0.6"

const program = `import { Redacted } from "effect"
import { read } from "tool"
try {
  console.log(read(Redacted.make("s3cr3t")))
} catch (error) {
  console.log(error.message)
}
`

const tool = `import * as Secret from "@holdfast/core/Secret"
export const read = (secret) => Secret.value(secret)
`

/** A program with its own copy of Effect, and a tool that depends on the packages and their copy. */
const beside = (project: string, copy: string, version: string): string => {
  const app = Project.folder("copies")
  const inTool = join(app, "node_modules/tool/node_modules")
  cpSync(join(project, "node_modules/@holdfast"), join(inTool, "@holdfast"), { recursive: true })
  cpSync(join(project, "node_modules/effect"), join(inTool, "effect"), { recursive: true })
  cpSync(copy, join(app, "node_modules/effect"), { recursive: true })
  Project.write(app, {
    "package.json": { private: true, type: "module" },
    "main.js": program,
    "node_modules/tool/package.json": { name: "tool", version: "1.0.0", type: "module", exports: "./index.js" },
    "node_modules/tool/index.js": tool,
  })
  const said = run("node", ["main.js"], app).trimEnd()
  const wanted =
    `@holdfast/core uses effect 4.1.0 (${join(inTool, "effect")}), ` +
    `but received a secret created by effect ${version} (${join(app, "node_modules/effect")}); ` +
    "install a single copy of effect, version ^4.1.0 (npm ls effect lists all copies)"
  if (said !== wanted) throw new Error(`two copies of effect: expected\n${wanted}\ngot\n${said}`)
  return `a second copy of effect ${version}: named in one line`
}

/** Checks that npm refuses to install the packages with an older Effect, and names it. */
const refused = (tarballs: ReadonlyArray<Tarball>): string => {
  const app = Project.folder("older")
  const libraries = tarballs.filter(({ manifest }) => manifest.name !== "holdfast")
  Project.write(app, {
    "package.json": { private: true, dependencies: { ...Project.dependencies(libraries), effect: older } },
  })
  try {
    Project.install(app)
  } catch (error) {
    const said = String(error)
    if (said.includes("ERESOLVE") && said.includes(`effect@"${older}"`))
      return `effect ${older}: npm refuses to install`
    throw error
  }
  throw new Error(`npm installs the packages beside effect ${older}, which they do not accept`)
}

/** Checks that the command works in a project whose own Effect is older. */
const command = (tarballs: ReadonlyArray<Tarball>): { readonly app: string; readonly line: string } => {
  const app = Project.folder("command")
  const [holdfast] = tarballs.filter(({ manifest }) => manifest.name === "holdfast")
  if (holdfast === undefined) throw new Error("no tarball of the command")
  Project.write(app, {
    "package.json": {
      private: true,
      type: "module",
      dependencies: { ...Project.dependencies([holdfast]), effect: older },
    },
    "clip.mov": "not much of a clip",
  })
  Project.install(app)
  const bin = join(app, "node_modules/holdfast/bin/holdfast.js")
  const last = run("node", [bin, "upload", "--sandbox", "--json", "clip.mov"], app).trimEnd().split("\n").at(-1)
  const { outcome } = JSON.parse(last ?? "{}") as { readonly outcome?: string }
  if (outcome !== "uploaded") throw new Error(`holdfast upload beside effect ${older}: ${last}`)
  return { app, line: `the command: uploads to the sandbox in a project with effect ${older}` }
}

/** Runs all checks. Returns a line for each. */
export const check = (project: string, tarballs: ReadonlyArray<Tarball>): ReadonlyArray<string> => {
  const { app, line } = command(tarballs)
  const kept = join(Project.folder("older-effect"), "effect")
  mkdirSync(join(kept, ".."), { recursive: true })
  renameSync(join(app, "node_modules/effect"), kept)
  return [
    line,
    beside(project, join(project, "node_modules/effect"), "4.1.0"),
    beside(project, kept, older),
    refused(tarballs),
  ]
}
