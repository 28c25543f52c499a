/**
 * Builds every package, the quick road of the command in one file, and checks what npm would publish: publint over the manifest, attw over the types as an ESM
 * consumer sees them, and the list of files in the tarball. Publishes nothing.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../../..")

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
}

const run = (command: string, args: ReadonlyArray<string>, cwd = root): string => {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")} failed in ${cwd}\n${stdout ?? ""}${stderr ?? ""}`, { cause: error })
  }
}

/** The files of the tarball that npm would make, from its own dry run. */
const tarball = (cwd: string): ReadonlyArray<string> => {
  const output = JSON.parse(run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], cwd)) as
    | ReadonlyArray<{ readonly files: ReadonlyArray<{ readonly path: string }> }>
    | Readonly<Record<string, { readonly files: ReadonlyArray<{ readonly path: string }> }>>
  // npm 11 answers with an array, npm 12 with a record by package name.
  return Object.values(output).flatMap(({ files }) => files.map(({ path }) => path))
}

console.log("tsc -b")
run("tsc", ["-b", "tsconfig.json"])
run("node", ["packages/tools/pack/bundle-explain.ts"])

for (const directory of readdirSync(join(root, "packages"))) {
  const cwd = join(root, "packages", directory)
  if (!existsSync(join(cwd, "package.json"))) continue
  const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8")) as Manifest
  if (manifest.private === true) continue
  run("publint", ["--strict"], cwd)
  run("attw", ["--pack", ".", "--profile", "esm-only"], cwd)
  const files = tarball(cwd)
  const wanted = ["LICENSE", "README.md", "package.json", "src/index.ts", "dist/index.js", "dist/index.d.ts"]
  wanted.push(...Object.values(manifest.bin ?? {}).map((path) => path.replace(/^\.\//, "")))
  const missing = wanted.filter((path) => !files.includes(path))
  if (missing.length > 0) throw new Error(`${manifest.name}: not in the tarball: ${missing.join(", ")}`)
  const foreign = files.filter((path) => /(^|\/)(test|bench|storm)\//.test(path) || path.includes(".tsbuildinfo"))
  if (foreign.length > 0) throw new Error(`${manifest.name}: does not belong in the tarball: ${foreign.join(", ")}`)
  console.log(`${manifest.name}: publint, attw and ${files.length} files in the tarball`)
}
