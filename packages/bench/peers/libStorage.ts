/**
 * `@aws-sdk/lib-storage` as one of the tools. It is installed in a temporary folder, as a program would install it.
 */
import { execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { S3Tool } from "../kills/s3Tools.ts"

/** The version of all packages of the SDK. */
const version = "3.1162.0"
const program = fileURLToPath(new URL("./libStorage.mjs", import.meta.url))

const install = (modules: string): string | undefined => {
  Fs.mkdirSync(modules)
  const packages = ["client-s3", "lib-storage"].map((name) => `@aws-sdk/${name}@${version}`)
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", modules, ...packages], {
      stdio: "ignore",
    })
    return undefined
  } catch {
    return "npm could not install it"
  }
}

/** Installs the package in a folder below `parent`. */
export const make = (parent: string): S3Tool => {
  const modules = join(parent, "lib-storage")
  return {
    name: "lib-storage",
    restart: "",
    missing: install(modules),
    version: () => version,
    command: (endpoint, owner, { files }) => ({
      program: [process.execPath, program, modules, endpoint, "cards", ...files.map(({ path }) => path)],
      env: { AWS_ACCESS_KEY_ID: owner.accessKeyId, AWS_SECRET_ACCESS_KEY: owner.secretAccessKey },
    }),
  }
}
