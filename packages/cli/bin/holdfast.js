#!/usr/bin/env node
/**
 * Starts the command on a Node that can run it.
 *
 * A published package runs `dist/main.js`. A checkout (it has a `tsconfig.json`, which is never published) runs
 * `src/main.ts` by type stripping and takes the sibling packages from their sources, so that nothing has to be built.
 * This file is plain JavaScript that Node 18 still reads: it must be able to say what is wrong with an old Node.
 */
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import * as module from "node:module"
import { constants } from "node:os"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as compileCache from "./compileCache.js"

const inPackage = (path) => new URL(`../${path}`, import.meta.url)
const isCheckout = existsSync(inPackage("tsconfig.json"))

/** The condition under which the manifests of a checkout name the sources. */
const sources = "@holdfast/source"

/** The `exports` of the sibling packages, by their folder. */
const exportsOf = new Map()

/** Effect asks for 22.19; types are stripped without a warning from 24.12 on. */
const floor = isCheckout ? [24, 12] : [22, 19]

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)
const recent = major > floor[0] || (major === floor[0] && minor >= floor[1])
const bundled = recent ? undefined : findBundledNode()

if (bundled !== undefined) {
  runWith(bundled)
} else if (major > 22 || (major === 22 && minor >= 19)) {
  await start()
} else {
  console.error(
    `holdfast: needs Node 22.19 or newer, this is ${process.versions.node}; install a newer one, or run it with npx in the workspace.`,
  )
  process.exitCode = 1
}

async function start() {
  // Half of the time to the first word is compiling; the second run on a machine takes it from the cache.
  const cache = compileCache.directory()
  if (cache !== undefined) module.enableCompileCache(cache)
  if (isCheckout) {
    // The same as `node --conditions=@holdfast/source`, without starting a second process for the flag. Sources import each other by
    // their file's name, and a manifest is read once, so nothing has to be looked for: that alone was a quarter of the time
    // of `explain`.
    const packages = inPackage("../").href
    const known = (url) => ({ url, format: "module-typescript", shortCircuit: true })
    module.registerHooks({
      resolve: (specifier, context, next) => {
        const [, sibling, name] = /^@holdfast\/(\w+)\/(\w+)$/.exec(specifier) ?? []
        const source = sibling === undefined ? undefined : sourceOf(`${packages}${sibling}/`, name)
        if (source !== undefined) return known(source)
        if (/^\.{1,2}\/.*\.ts$/.test(specifier) && context.parentURL?.startsWith(packages)) {
          return known(new URL(specifier, context.parentURL).href)
        }
        return next(
          specifier,
          specifier.startsWith("@holdfast/") ? { ...context, conditions: [...context.conditions, sources] } : context,
        )
      },
    })
  }
  await import(inPackage(isCheckout ? "src/main.ts" : "dist/main.js").href)
}

/** The source of a public module of a sibling package, as its manifest names it. */
function sourceOf(folder, name) {
  let exported = exportsOf.get(folder)
  if (exported === undefined) {
    exported = JSON.parse(readFileSync(new URL("package.json", folder), "utf8")).exports
    exportsOf.set(folder, exported)
  }
  const path = exported[`./${name}`]?.[sources] ?? exported["./*"]?.[sources].replace("*", name)
  return path === undefined ? undefined : new URL(path, folder).href
}

/** The Node that the workspace installs through its optional dependencies, if there is one for this machine. */
function findBundledNode() {
  const platform = process.platform === "win32" ? "win" : process.platform
  try {
    const manifest = module.createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`)
    const path = fileURLToPath(new URL(platform === "win" ? "bin/node.exe" : "bin/node", pathToFileURL(manifest)))
    return path !== process.execPath && existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** Hands everything over: arguments, streams, signals, and on the way back the exit code. */
function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" })
  const forward = (signal) => child.kill(signal)
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, forward)
  // The terminal sends Ctrl-C to both processes. A signal sent to this one alone would be lost without forwarding, and a
  // doubled one would cut the clean-up short, so it is passed on only where no terminal can have sent it.
  process.on("SIGINT", process.stdin.isTTY ? () => {} : forward)
  child.on("error", (error) => {
    console.error(`holdfast: cannot start ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}
