/**
 * Starts the program on this Node if it can run it, and otherwise on the workspace's Node.
 */
import * as module from "node:module"
import * as Program from "./program.js"

/**
 * Runs the program to its end, here or on another Node.
 *
 * @param {ReadonlyArray<string>} args
 * @returns {Promise<void>}
 */
export async function start(args) {
  const canRun = isAtLeast(22, 19)
  const program = canRun ? Program.choose(args) : undefined
  // Effect requires 22.19. Node strips types without a warning from 24.12 on.
  const isPreferred = canRun && (!program.isSource || isAtLeast(24, 12))
  const bundled = isPreferred ? undefined : Program.bundledNode()
  if (bundled !== undefined) {
    ;(await import("./otherNode.js")).run(bundled, args)
  } else if (canRun) {
    // Only an upload has to react to a signal: it lists the files that did not arrive.
    if (args[0] === "upload") (await import("./earlySignals.js")).hold()
    await run(program, args)
  } else {
    console.error(
      `holdfast: needs Node 22.19 or newer, and this is ${process.versions.node}; install a newer one, or run it ` +
        "with npx in the workspace.",
    )
    process.exitCode = 1
  }
}

function isAtLeast(major, minor) {
  const [runningMajor = 0, runningMinor = 0] = process.versions.node.split(".").map(Number)
  return runningMajor > major || (runningMajor === major && runningMinor >= minor)
}

async function run({ isSource, url }, args) {
  endWithOuter()
  // Compilation is half of the time before the first output. The second run on a machine reads the cache instead.
  const cache = (await import("./compileCache.js")).directory()
  if (cache !== undefined) module.enableCompileCache(cache)
  if (isSource) (await import("./sources.js")).register()
  // The stack of a bug report then names lines of the sources. Reading the source map takes half a second.
  else if (process.env["HOLDFAST_DEBUG"]) process.setSourceMapsEnabled(true)
  try {
    const program = await import(url)
    await program.run(args)
  } catch (error) {
    const missing =
      isSource && error.code === "ERR_MODULE_NOT_FOUND" && /^Cannot find package '([^']+)'/.exec(error.message)
    if (!missing) throw error
    console.error(`holdfast: this checkout lacks the package ${missing[1]}; run npm ci in it, without --omit=dev`)
    process.exit(1)
  }
}

/** Ends the process as a signal would when the process that started it has ended. */
function endWithOuter() {
  if (process.env["HOLDFAST_OUTER"] !== String(process.ppid) || process.channel === undefined) return
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"))
  process.channel.unref()
}
