/**
 * Compiles the packages and bundles the command after `npm ci`, so that any program in the checkout can import the packages by
 * name, and the command starts fast. Both also run from the sources, so a failure is only reported and does not fail the
 * installation. Plain JavaScript, because the system's Node may be too old for TypeScript.
 */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))

if (!isInstalled("typescript") || !isInstalled("rolldown")) {
  console.error("without its development packages this checkout is neither compiled nor bundled; npm ci installs them")
  process.exit(0)
}
try {
  const compiler = fileURLToPath(new URL("bin/tsc", import.meta.resolve("typescript/package.json")))
  execFileSync(process.execPath, [compiler, "-b", "packages/cli", "packages/explain"], { cwd: root, stdio: "inherit" })
} catch (error) {
  console.error(`the packages are not compiled; import them with --conditions=@holdfast/source: ${error.message}`)
}
try {
  const { build } = await import("./bundle/command.ts")
  await build()
} catch (error) {
  console.error(`holdfast is not bundled and runs from its sources, which starts more slowly: ${error.message}`)
}

function isInstalled(name) {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}
