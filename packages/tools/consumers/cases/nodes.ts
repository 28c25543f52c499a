/** Loads every module and starts the command on the oldest supported Node, and on the one of the workspace. */
import { join } from "node:path"
import { run } from "../../pack/run.ts"
import { promised, type Tarball } from "../../pack/tarball.ts"
import * as Project from "../project.ts"

const oldest = "22.19.0"

/** The oldest Node, installed by npm; the reason if it is not available. */
const fetched = (): string | { readonly missing: string } => {
  const folder = Project.folder("node")
  const platform = process.platform === "win32" ? "win" : process.platform
  const name = `node-${platform}-${process.arch}`
  Project.write(folder, { "package.json": { private: true, dependencies: { [name]: oldest } } })
  try {
    Project.install(folder)
  } catch (error) {
    return {
      missing:
        String(error)
          .split("\n")
          .find((line) => line.includes("npm error")) ?? String(error),
    }
  }
  return join(folder, "node_modules", name, platform === "win" ? "bin/node.exe" : "bin/node")
}

const program = (specifiers: ReadonlyArray<string>): string => `
const modules = await Promise.all(${JSON.stringify(specifiers)}.map((specifier) => import(specifier)))
const Pipeline = await import("@holdfast/core/Pipeline")
const Retry = await import("@holdfast/core/Retry")
const { Effect } = await import("effect")
const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
const answer = await Effect.runPromise(Pipeline.run(pipeline, Effect.succeed("arrived")))
console.log(process.versions.node, modules.length, answer)
`

const load = (project: string, node: string, specifiers: ReadonlyArray<string>): string => {
  Project.write(project, { "run.mjs": program(specifiers) })
  const [version, count, answer] = run(node, ["run.mjs"], project).trim().split(" ")
  if (answer !== "arrived" || Number(count) !== specifiers.length)
    throw new Error(`Node ${version}: ${count} ${answer}`)
  const said = run(node, ["node_modules/holdfast/bin/holdfast.js", "--version"], project)
  if (!/^holdfast \d/.test(said)) throw new Error(`holdfast --version on Node ${version}: ${said}`)
  return `Node ${version}: ${count} modules load, a pipeline runs, the command starts`
}

/** Returns a line for each Node; `short` downloads none. */
export const check = (project: string, tarballs: ReadonlyArray<Tarball>, short: boolean): ReadonlyArray<string> => {
  const specifiers = tarballs.flatMap(promised)
  const here = load(project, process.execPath, specifiers)
  if (short) return [here, `Node ${oldest}: skipped, --short downloads no Node`]
  const other = fetched()
  return [
    here,
    typeof other === "string" ? load(project, other, specifiers) : `Node ${oldest}: skipped, ${other.missing}`,
  ]
}
