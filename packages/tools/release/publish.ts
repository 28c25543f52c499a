/**
 * Publishes the tarballs of a release, each package after those that it depends on.
 *
 *     npm run release:publish -- --tarballs FOLDER [--publish]
 *
 * Without `--publish` npm only shows what it would publish. An interrupted run can be repeated: versions that the registry
 * already has are skipped.
 */
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { run } from "../pack/run.ts"
import type { Tarball } from "../pack/tarball.ts"
import { order, problem, type Release } from "./order.ts"

const { values } = parseArgs({
  options: { publish: { type: "boolean", default: false }, tarballs: { type: "string" } },
})
if (values.tarballs === undefined)
  throw new Error("--tarballs FOLDER is missing: npm run pack -- --release --to FOLDER")

const tarballs = JSON.parse(
  readFileSync(join(resolve(values.tarballs), "tarballs.json"), "utf8"),
) as ReadonlyArray<Tarball>
const packed = tarballs.map(({ manifest, path }) => ({ ...(manifest as Tarball["manifest"] & Release), path }))

const found = problem(packed, run("git", ["tag", "--points-at", "HEAD"]).split("\n"))
if (found !== undefined) {
  console.error(`${values.publish ? "not published" : "could not be published"}: ${found}`)
  if (values.publish) process.exit(1)
}

const isPublished = ({ name, version }: Release): boolean => {
  try {
    return run("npm", ["view", `${name}@${version}`, "version"]).trim() === version
  } catch {
    return false
  }
}

for (const release of order(packed)) {
  const { name, path, version } = release
  if (values.publish && isPublished(release)) {
    console.log(`${name}@${version}: already published`)
    continue
  }
  run("npm", ["publish", path, "--access", "public", ...(values.publish ? [] : ["--dry-run"])])
  console.log(`${name}@${version}: ${values.publish ? "published" : "would be published"}`)
}
