/**
 * Makes the modules that a program can import from the published command. They contain what they import, as the command
 * does, but Effect: a program and what it imports must share one copy of it.
 *
 * Each module that `exports` names is a short one that first checks the version of Effect and then loads the bundled one: a
 * static import of a module that another version lacks would fail before the check.
 */
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { root } from "../run.ts"
import { manifestOf } from "../tarball.ts"
import { bundle } from "./rolldown.ts"
import { write } from "./write.ts"

const cli = join(root, "packages/cli")

const source = "@holdfast/source"

/** The sources that `exports` of the command name, by the name of the published module. */
const entries = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(manifestOf(cli).exports ?? {}).flatMap((target) => {
      if (target === null || typeof target === "string" || target[source] === undefined) return []
      return [[target.default.replace("./dist/modules/", "").replace(".js", ""), join(cli, target[source])]]
    }),
  )

/** Where `exports` looks for them. */
export const folder = join(cli, "dist/modules")

/** Makes them. */
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
