/**
 * Bundles the modules of the published command that a program can import. Like the command they contain what they import,
 * except Effect: a program and its imports must share one copy of it.
 *
 * Each module in `exports` is a short one that first checks the version of Effect and then loads the bundled module: a static
 * import of a module that another version lacks would fail before the check.
 */
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { root } from "../run.ts"
import { manifestOf } from "../tarball.ts"
import { bundle } from "./rolldown.ts"
import { write } from "./write.ts"

const cli = join(root, "packages/cli")

const source = "@holdfast/source"

/** The sources in the command's `exports`, by the name of the published module. */
const entries = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(manifestOf(cli).exports ?? {}).flatMap((target) => {
      if (target === null || typeof target === "string" || target[source] === undefined) return []
      return [[target.default.replace("./dist/modules/", "").replace(".js", ""), join(cli, target[source])]]
    }),
  )

/** The folder in which `exports` finds them. */
export const folder = join(cli, "dist/modules")

/** Builds the modules. */
export const build = async (): Promise<void> => {
  const to = folder
  rmSync(to, { recursive: true, force: true })
  const { exportsOf, files } = await bundle(
    join(to, "bundled"),
    { input: entries(), external: /^effect(?:\/|$)/ },
    { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
  )
  for (const { content, name } of files) write(join(to, "bundled", name), content)
  write(join(to, "effectVersion.js"), readFileSync(new URL("effectVersion.js", import.meta.url)))
  for (const name of Object.keys(entries())) {
    const names = exportsOf[name] ?? []
    write(
      join(to, `${name}.js`),
      `import "./effectVersion.js"\n\nexport const { ${names.join(", ")} } = await import("./bundled/${name}.js")\n`,
    )
  }
}
