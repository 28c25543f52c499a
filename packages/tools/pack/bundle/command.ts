/**
 * Bundles the command with everything that it imports: a command that loads a thousand modules takes a second to start. `npm
 * ci` (`prepare.js`) and `npm run pack` run it.
 *
 * `holdfast.js` is the command on one machine. `cluster.js` is the whole command: with the workers of a cluster and the client of
 * their database, which no other command should read. `explain` has a file of its own, so that it does not read the code of the
 * uploads. The code that several need is in each of them: chunks that they share would lose the names of CommonJS modules that are imported on demand, such
 * as undici's.
 *
 *     node packages/tools/pack/bundle/command.ts [FOLDER]
 *
 * Next to the files are their source maps, the licenses of the contained packages, and `inputs.json` with the size and
 * modification time of each source. In a checkout `bin/start.js` compares them with the sources, and runs the sources if one
 * has changed.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs"
import { join, relative, resolve, sep } from "node:path"
import type { Plugin } from "rolldown"
import { root } from "../run.ts"
import * as Licenses from "./licenses.ts"
import { bundle } from "./rolldown.ts"
import { write } from "./write.ts"

const cli = join(root, "packages/cli")

const main = join(cli, "src/main.ts")

/** Leaves every command but `explain` to the other file. */
const explainAlone: Plugin = {
  name: "explain-alone",
  resolveId: (id, importer) =>
    id === "./CliProcess.ts" && importer === main ? { id: "./holdfast.js", external: true } : undefined,
}

/**
 * Leaves what only a cluster needs to the other file. `bin/program.js` chooses that file for every command line that may need
 * it, so the replacement is never loaded.
 */
const clusterElsewhere: Plugin = {
  name: "cluster-elsewhere",
  resolveId: (id, _, { kind }) =>
    kind === "dynamic-import" && /(?:^|\/)cluster\/\w+\.ts$/.test(id) ? `\0elsewhere:${id}` : undefined,
  load: (id) => (id.startsWith("\0elsewhere:") ? `throw new Error("the cluster is in cluster.js")` : undefined),
}

/** The files of the bundle, and what each leaves out; the first never names one that is not there yet. */
const programs = { holdfast: clusterElsewhere, cluster: undefined, explain: explainAlone }

/** The folder in which `bin/start.js` looks for the entry. */
export const folder = join(cli, "dist/bundle")

/** Bundles the command into a folder. */
export const build = async (to: string = folder): Promise<void> => {
  rmSync(join(to, "inputs.json"), { force: true })
  const began = Date.now()
  const bundled = []
  for (const [name, plugins] of Object.entries(programs)) {
    bundled.push(
      await bundle(folder, { input: { [name]: main }, plugins }, { codeSplitting: false, entryFileNames: "[name].js" }),
    )
  }
  const files = bundled.flatMap((one) => one.files)
  const modules = [...new Set(bundled.flatMap((one) => one.modules))]
  for (const { content, name } of files) write(join(to, name), content)
  removeOthers(to, new Set(files.map(({ name }) => name)))
  write(join(to, "THIRD-PARTY-LICENSES.txt"), Licenses.document(Licenses.of(modules)))
  const inputs = inputsOf(modules).map((path) => {
    const { mtimeMs, size } = statSync(path)
    return { path: relative(cli, path), mtimeMs, size }
  })
  if (
    isStable(
      inputs.map(({ mtimeMs }) => mtimeMs),
      began,
    )
  ) {
    write(join(to, "inputs.json"), JSON.stringify(inputs.map(({ mtimeMs, path, size }) => [path, mtimeMs, size])))
  }
}

/** Removes the files of earlier builds. */
const removeOthers = (from: string, names: ReadonlySet<string>): void => {
  for (const name of readdirSync(from)) {
    if (/\.js(?:\.map)?$/.test(name) && !names.has(name)) rmSync(join(from, name), { force: true })
  }
}

/**
 * Whether no input has changed since the bundler began. A changed one may have been read before or after the change; without
 * the list the sources run.
 */
export const isStable = (mtimes: ReadonlyArray<number>, began: number): boolean =>
  mtimes.every((mtimeMs) => mtimeMs < began)

/** The inputs of the bundle: the sources, the manifests that resolve their imports, and what npm has installed. */
const inputsOf = (modules: ReadonlyArray<string>): ReadonlyArray<string> => {
  const sources = modules.filter(
    (path) => path.startsWith(join(root, "packages") + sep) && !path.includes("node_modules"),
  )
  const names = new Set(sources.map((path) => relative(join(root, "packages"), path).split(sep)[0] ?? ""))
  const manifests = [...names].map((name) => join(root, "packages", name, "package.json"))
  const installed = join(root, "node_modules/.package-lock.json")
  return [...sources, ...manifests, ...(existsSync(installed) ? [installed] : [])].toSorted()
}

if (import.meta.main) await build(process.argv[2] === undefined ? folder : resolve(process.argv[2]))
