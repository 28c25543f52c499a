/**
 * Copies the command into a folder of its own, as a checkout without a bundle or as npm installs the package.
 */
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

const root = Path.join(import.meta.dirname, "../../../..")
const cli = Path.join(root, "packages/cli")

/** The path of the file that npm links, and a function that removes the folder. */
export interface Installation {
  readonly bin: string
  readonly remove: () => void
}

const inFolder = (fill: (folder: string) => string): Installation => {
  const folder = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "holdfast-installation-")))
  const bin = Path.join(fill(folder), "bin/holdfast.js")
  return { bin, remove: () => Fs.rmSync(folder, { recursive: true }) }
}

const copy = (from: string, to: string, paths: ReadonlyArray<string>): void => {
  for (const path of paths) {
    if (Fs.existsSync(Path.join(from, path))) Fs.cpSync(Path.join(from, path), Path.join(to, path), { recursive: true })
  }
}

/** Copies the sources of the workspace without a bundle. They share its `node_modules`, or only some packages in it. */
export const checkout = (packages?: ReadonlyArray<string>): Installation =>
  inFolder((folder) => {
    for (const name of Fs.readdirSync(Path.join(root, "packages"))) {
      copy(Path.join(root, "packages", name), Path.join(folder, "packages", name), ["bin", "src", "package.json"])
    }
    Fs.cpSync(Path.join(cli, "tsconfig.json"), Path.join(folder, "packages/cli/tsconfig.json"))
    const installed = Path.join(root, "node_modules")
    if (packages === undefined) Fs.symlinkSync(installed, Path.join(folder, "node_modules"))
    else {
      Fs.mkdirSync(Path.join(folder, "node_modules"))
      for (const name of packages) Fs.symlinkSync(Path.join(installed, name), Path.join(folder, "node_modules", name))
    }
    return Path.join(folder, "packages/cli")
  })

/** Copies the command's files of the tarball, without other packages. */
export const published = (): Installation =>
  inFolder((folder) => {
    copy(cli, folder, ["bin", "package.json"])
    const bundler = Path.join(root, "packages/tools/pack/bundle/command.ts")
    execFileSync(process.execPath, [bundler, Path.join(folder, "dist/bundle")], {
      stdio: ["ignore", "ignore", "inherit"],
    })
    return folder
  })
