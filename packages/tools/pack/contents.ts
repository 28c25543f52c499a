/** Which files the tarball of a package has. */
import * as Links from "./links.ts"
import type { Manifest } from "./tarball.ts"
import { withoutSource } from "./tarball.ts"

/** The pages of every package, for its readers and for coding agents. */
export const pages = ["AGENTS.md", "CHANGELOG.md", "README.md"]

const wanted = ({ bin = {}, name }: Manifest): ReadonlyArray<string> => [
  ...pages,
  "LICENSE",
  "package.json",
  "dist/index.d.ts",
  ...(name === "holdfast"
    ? ["dist/bundle/holdfast.js", "dist/bundle/THIRD-PARTY-LICENSES.txt", "dist/modules/index.js"]
    : ["src/index.ts", "dist/index.js"]),
  ...Object.values(bin).map((path) => path.replace(/^\.\//, "")),
]

/** Throws if a file is missing from a package or does not belong in it. */
export const check = (manifest: Manifest, files: ReadonlyArray<string>): void => {
  const missing = wanted(manifest).filter((path) => !files.includes(path))
  if (missing.length > 0) throw new Error(`${manifest.name}: not in the tarball: ${missing.join(", ")}`)
  const foreign = files.filter((path) => path.startsWith("test/") || path.includes(".tsbuildinfo"))
  // The manifest of the command names each file of its own.
  if (manifest.name !== "holdfast") foreign.push(...withoutSource(files))
  if (foreign.length > 0) throw new Error(`${manifest.name}: does not belong in the tarball: ${foreign.join(", ")}`)
}

/** Throws if a packed page has a link that leads nowhere outside the repository. */
export const checkLinks = (name: string, page: string, text: string): void => {
  const found = Links.relative(text)
  if (found.length > 0) throw new Error(`${name}: relative links in the packed ${page}: ${found.join(", ")}`)
}
