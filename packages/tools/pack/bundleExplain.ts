/**
 * Puts the road of `explain` into one file, over the one that the compiler has made of its entry: a command that answers
 * in a quarter of a second cannot open two hundred. Run by `npm run pack` before a package is made; a checkout runs the
 * sources.
 */
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const bundle = await rolldown({
  input: here("../../cli/src/explain/Process.ts"),
  platform: "node",
  // The siblings from their sources, so that the file is never older than they are.
  resolve: { conditionNames: ["@holdfast/source", "import", "default"] },
  logLevel: "warn",
})
await bundle.write({ file: here("../../cli/dist/explain/Process.js"), format: "esm", sourcemap: true })
await bundle.close()
