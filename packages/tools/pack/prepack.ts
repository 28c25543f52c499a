/**
 * What npm runs in the folder of a published package, by the scripts of its manifest.
 *
 *     prepack         builds the package, and checks that all of its files are there
 *     postpack        removes what only a tarball needs
 *     prepublishOnly  refuses: the folder has the manifest of the workspace, and a release is made of packed tarballs
 */
import { rmSync } from "node:fs"
import * as Command from "./bundle/command.ts"
import * as Modules from "./bundle/modules.ts"
import * as Contents from "./contents.ts"
import { run } from "./run.ts"
import { list, manifestOf } from "./tarball.ts"

const folder = process.cwd()
const manifest = manifestOf(folder)

switch (process.env["npm_lifecycle_event"]) {
  case "postpack":
    // Nothing brings these up to date when a source changes, and lint would read them.
    rmSync(Modules.folder, { recursive: true, force: true })
    break
  case "prepublishOnly":
    console.error(
      `${manifest.name} is not published from its folder, whose manifest is that of the workspace: ` +
        "npm run pack -- --release --to FOLDER makes the tarballs to publish (CONTRIBUTING.md, Releases)",
    )
    process.exit(1)
  default:
    run("tsc", ["-b", folder])
    if (manifest.name === "holdfast") {
      await Command.build()
      await Modules.build()
    }
    Contents.check(manifest, list(folder))
}
