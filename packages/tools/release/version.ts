/**
 * Turns the changesets into a version, on a branch whose commit is then checked and tagged.
 *
 *     npm run release:version
 *
 * `changeset version` writes the manifests and changelogs. This script also updates the package versions in the lock file, and
 * the versions that two sources send.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root, run } from "../pack/run.ts"

const sources = ["packages/c2c/src/internal/api/version.ts", "packages/cli/src/process/Version.ts"]

run("changeset", ["version"])
run("npm", [
  "install",
  "--package-lock-only",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  // The lock file contains no registry URL.
  "--omit-lockfile-registry-resolved",
])

const { version } = JSON.parse(readFileSync(join(root, "packages/core/package.json"), "utf8")) as {
  readonly version: string
}
for (const path of sources) {
  const text = readFileSync(join(root, path), "utf8")
  writeFileSync(join(root, path), text.replace(/(export const version = )"[^"]+"/, `$1"${version}"`))
}
console.log(`${version}: review the changelogs, commit, and run .ci/run`)
