/**
 * Selects the program that the command runs, and the workspace's Node for it.
 *
 * A published package runs its bundle. A checkout (recognized by `tsconfig.json`, which is never published) runs the
 * bundle that `npm ci` made while it is up to date, and otherwise `src/main.ts`. Nothing has to be built first.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const here = fileURLToPath(new URL("..", import.meta.url))

/**
 * Returns the module to import; its `run` takes the arguments.
 *
 * @param {ReadonlyArray<string>} args
 * @param {string} [folder] of the package
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @returns {{ readonly isSource: boolean, readonly url: string }}
 */
export function choose(args, folder = here, environment = process.env) {
  const isSource = existsSync(join(folder, "tsconfig.json")) && !isUpToDate(folder)
  const bundled = `dist/bundle/${bundleOf(args, environment)}.js`
  return { isSource, url: pathToFileURL(join(folder, isSource ? "src/main.ts" : bundled)).href }
}

/** Only a command that uses the database of a cluster reads the code of its client and of the workers. */
function bundleOf(args, environment) {
  if (args[0] === "explain") return "explain"
  const namesDatabase = environment["HOLDFAST_DATABASE"] || args.some((word) => word.startsWith("--database"))
  return args[0] === "worker" || namesDatabase ? "cluster" : "holdfast"
}

/** Whether every source has the size and modification time that it had when the bundle was made. */
function isUpToDate(folder) {
  try {
    const inputs = JSON.parse(readFileSync(join(folder, "dist/bundle/inputs.json"), "utf8"))
    return (
      existsSync(join(folder, "dist/bundle/holdfast.js")) &&
      inputs.every(([path, mtimeMs, size]) => {
        // `join` would take longer on hundreds of paths than the comparison itself.
        const found = statSync(`${folder}/${path}`)
        return found.mtimeMs === mtimeMs && found.size === size
      })
    )
  } catch {
    // The bundle is missing or incomplete, or a source was deleted.
    return false
  }
}

/**
 * The Node for this machine among the workspace's optional dependencies; `undefined` if there is none.
 *
 * @returns {string | undefined}
 */
export function bundledNode() {
  const platform = process.platform === "win32" ? "win" : process.platform
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`)
    const path = fileURLToPath(new URL(platform === "win" ? "bin/node.exe" : "bin/node", pathToFileURL(manifest)))
    return path !== process.execPath && existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}
