/**
 * Uses the packed packages as their users do, in new projects outside the workspace. Of the network it needs only npm's
 * configured registry.
 *
 *   npm run test:consumers -- [--tarballs FOLDER] [--short]
 *
 * Without `--tarballs` the packages are packed first; with it they are taken from the folder of `npm run pack -- --to FOLDER`.
 * `--short` downloads no Node.
 */
import { readFileSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { run } from "../pack/run.ts"
import type { Tarball } from "../pack/tarball.ts"
import * as Browser from "./cases/browser.ts"
import * as Compile from "./cases/compile.ts"
import * as EffectCopies from "./cases/effectCopies.ts"
import * as Library from "./cases/library.ts"
import * as Nodes from "./cases/nodes.ts"
import * as Programs from "./cases/programs.ts"
import * as Settings from "./cases/settings.ts"
import * as Project from "./project.ts"

const { values } = parseArgs({ options: { short: { type: "boolean", default: false }, tarballs: { type: "string" } } })

const folder = values.tarballs === undefined ? Project.folder("tarballs") : resolve(values.tarballs)
if (values.tarballs === undefined) run("node", ["packages/tools/pack/main.ts", "--to", folder])
const tarballs = JSON.parse(readFileSync(join(folder, "tarballs.json"), "utf8")) as ReadonlyArray<Tarball>

const start = performance.now()
const say = (lines: ReadonlyArray<string>): void => {
  for (const line of lines) console.log(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`)
}

try {
  const project = Project.folder("consumer")
  Project.write(project, {
    "package.json": {
      private: true,
      type: "module",
      dependencies: {
        ...Project.dependencies(tarballs),
        effect: Project.versions["effect"],
        "@effect/platform-node": Project.versions["@effect/platform-node"],
        "@types/node": Project.versions["@types/node"],
      },
    },
  })
  Project.install(project)
  say([`a new project: ${tarballs.length} packages installed`])
  say([Compile.checkNames(project, tarballs)])
  say(Compile.check(project, tarballs))
  say([await Library.check(project, tarballs)])
  say([Settings.check(project)])
  say(Programs.check(tarballs))
  say(Nodes.check(project, tarballs, values.short))
  say([await Browser.check(project)])
  say(EffectCopies.check(project, tarballs))
} finally {
  Project.clear()
  if (values.tarballs === undefined) rmSync(folder, { recursive: true, force: true })
}
