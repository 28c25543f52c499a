/**
 * Builds every package, and bundles the command and its modules; checks what npm would publish: publint over the
 * manifest, attw over the types as an ESM consumer sees them, the files of the tarball, and the tarballs in a project of
 * their own. Publishes nothing. `--to FOLDER` keeps the tarballs: they, and not the folders of the packages, are what to
 * publish.
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
import * as Command from "./bundle/command.ts"
import * as Modules from "./bundle/modules.ts"
import * as Fresh from "./fresh.ts"
import { root, run } from "./run.ts"
import { stage } from "./stage.ts"
import { manifestOf, pack, type Tarball, withoutSource } from "./tarball.ts"

const folders = readdirSync(join(root, "packages"))
  .map((name) => join(root, "packages", name))
  .filter((folder) => existsSync(join(folder, "package.json")) && manifestOf(folder).private !== true)

const checkFiles = ({ files, manifest: { bin = {}, name } }: Tarball): void => {
  const wanted = ["LICENSE", "README.md", "package.json", "dist/index.d.ts"]
  if (name === "holdfast") wanted.push("dist/bundle/holdfast.js", "dist/bundle/THIRD-PARTY-LICENSES.txt")
  else wanted.push("src/index.ts", "dist/index.js")
  wanted.push(...Object.values(bin).map((path) => path.replace(/^\.\//, "")))
  const missing = wanted.filter((path) => !files.includes(path))
  if (missing.length > 0) throw new Error(`${name}: not in the tarball: ${missing.join(", ")}`)
  const foreign = files.filter((path) => path.startsWith("test/") || path.includes(".tsbuildinfo"))
  // The manifest of the command names each file of its own.
  if (name !== "holdfast") foreign.push(...withoutSource(files))
  if (foreign.length > 0) throw new Error(`${name}: does not belong in the tarball: ${foreign.join(", ")}`)
}

const { values: options } = parseArgs({ options: { to: { type: "string" } } })

const temporary = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-pack-")))
const tarballs = options.to === undefined ? temporary : resolve(options.to)
mkdirSync(tarballs, { recursive: true })
try {
  // What an earlier build made of a file that has moved since does not belong in a tarball.
  for (const folder of folders) rmSync(join(folder, "dist"), { recursive: true, force: true })
  console.log("tsc -b")
  run("tsc", ["-b", "tsconfig.json"])
  await Command.build()
  await Modules.build()

  const packed = folders.map((folder) => {
    const staged = stage(folder, temporary)
    run("publint", ["--strict"], staged)
    const tarball = pack(staged, tarballs)
    run("attw", [tarball.path, "--profile", "esm-only"])
    checkFiles(tarball)
    console.log(`${tarball.manifest.name}: publint, attw and ${tarball.files.length} files in the tarball`)
    return tarball
  })

  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>
  }
  if (options.to !== undefined) writeFileSync(join(tarballs, "tarballs.json"), JSON.stringify(packed))
  const { modules, values } = Fresh.check(packed, devDependencies)
  console.log(`a new project: ${modules} modules installed, compiled and imported, ${values} of them with values`)
} finally {
  rmSync(temporary, { recursive: true, force: true })
  // Nothing brings these up to date when a source changes, and lint would read them.
  rmSync(Modules.folder, { recursive: true, force: true })
}
