/**
 * Builds every package, and bundles the command and its modules; checks what npm would publish: publint over the
 * manifest, attw over the types as an ESM consumer sees them, the files of the tarball, and the tarballs in a project of
 * their own. Publishes nothing.
 *
 *     npm run pack -- [--to FOLDER] [--release] [--address URL]
 *
 * `--to` keeps the tarballs: they, and not the folders of the packages, are what to publish. `--address` is that of the
 * repository; without it the manifest of the workspace has it (`repository`). If neither does, `--release` refuses, and otherwise
 * the tarballs get a reserved address and are private, so that npm refuses to publish them.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import * as Address from "./address.ts"
import * as Command from "./bundle/command.ts"
import * as Modules from "./bundle/modules.ts"
import * as Contents from "./contents.ts"
import * as Fresh from "./fresh.ts"
import { root, run } from "./run.ts"
import { stage } from "./stage.ts"
import { manifestOf, pack } from "./tarball.ts"

const folders = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")) && manifestOf(folder).private !== true)

const { values: options } = parseArgs({
  options: { address: { type: "string" }, release: { type: "boolean", default: false }, to: { type: "string" } },
})
const address = Address.choose(options.address, options.release)

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-pack-")))
const tarballs = options.to === undefined ? temporary : resolve(options.to)
mkdirSync(tarballs, { recursive: true })
try {
  // Removes output of earlier builds: a file compiled from a source that has moved does not belong in a tarball.
  for (const folder of folders) rmSync(join(folder, "dist"), { recursive: true, force: true })
  console.log("tsc -b")
  run("tsc", ["-b", "tsconfig.json"])
  await Command.build()
  await Modules.build()

  const packed = folders.map((folder) => {
    const staged = stage(folder, temporary, address)
    run("publint", ["--strict"], staged)
    const tarball = pack(staged, tarballs)
    run("attw", [tarball.path, "--profile", "esm-only"])
    Contents.check(tarball.manifest, tarball.files)
    for (const page of Contents.pages) {
      Contents.checkLinks(tarball.manifest.name, page, readFileSync(join(staged, page), "utf8"))
    }
    console.log(`${tarball.manifest.name}: publint, attw and ${tarball.files.length} files in the tarball`)
    return tarball
  })

  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  if (options.to !== undefined) writeFileSync(join(tarballs, "tarballs.json"), JSON.stringify(packed))
  const { modules, values } = Fresh.check(packed, devDependencies)
  console.log(
    `links lead to ${address.web}${address.reserved ? ", which is reserved: these tarballs cannot be published" : ""}`,
  )
  console.log(`a new project: ${modules} modules installed, compiled and imported, ${values} of them with values`)
} finally {
  rmSync(temporary, { recursive: true, force: true })
  // Removed afterwards: a later change of a source would not update these files, and lint would read them.
  rmSync(Modules.folder, { recursive: true, force: true })
}
