/**
 * Which program the command runs, and which Node the workspace has for it.
 *
 * A published package runs the bundle. A checkout (it has a `tsconfig.json`, which is never published) runs the bundle that
 * `npm ci` has made while it is up to date, and else `src/main.ts`, so that nothing has to be built.
 */
import { existsSync, readFileSync, statSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const here = fileURLToPath(new URL("..", import.meta.url))

/**
 * The program, as a module to import.
 *
 * @param {string} [folder] of the package
 * @returns {{ readonly isSource: boolean, readonly url: string }}
 */
export function choose(folder = here) {
  const isSource = existsSync(join(folder, "tsconfig.json")) && !isUpToDate(folder)
  return { isSource, url: pathToFileURL(join(folder, isSource ? "src/main.ts" : "dist/bundle/holdfast.js")).href }
}

/** Whether each source of the bundle is as it was when the bundle was made, by size and time of change. */
function isUpToDate(folder) {
  try {
    const inputs = JSON.parse(readFileSync(join(folder, "dist/bundle/inputs.json"), "utf8"))
    return (
      existsSync(join(folder, "dist/bundle/holdfast.js")) &&
      inputs.every(([path, mtimeMs, size]) => {
        // Not `join`: on hundreds of paths that takes longer than the question itself.
        const found = statSync(`${folder}/${path}`)
        return found.mtimeMs === mtimeMs && found.size === size
      })
    )
  } catch {
    // No bundle, half of one, or a source that has gone.
    return false
  }
}

/**
 * The Node that the workspace installs through its optional dependencies, if there is one for this machine.
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
