import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { defineConfig } from "vitest/config"

/** The cache folder of the tests. Journals keep their marks in the user's cache folder, where tests must leave nothing. */
const makeCache = () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-test-cache-"))
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
// vitest loads this file once for each project.
const cache = (process.env["HOLDFAST_TEST_CACHE"] ??= makeCache())

/**
 * The one vitest configuration. Version 5 has no workspace file, so the scripts name this one with `--config`.
 * The `@holdfast/source` condition lets tests import the sibling packages from their TypeScript, without a build.
 */
const packages = [
  "core",
  "diagnosis",
  "http",
  "oauth",
  "s3",
  "c2c",
  "durable",
  "explain",
  "sandbox",
  "cli",
  "bench",
  "tools",
]

export default defineConfig({
  resolve: { conditions: ["@holdfast/source"] },
  ssr: { resolve: { conditions: ["@holdfast/source"] } },
  test: {
    // The files of a worker share its modules: Effect is then loaded once and not 60 times, which takes two thirds of the
    // time. So no test may leave a module changed, and none does: state lives in layers.
    isolate: false,
    env: { XDG_CACHE_HOME: cache },
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: { name, root: `packages/${name}`, include: ["test/**/*.test.ts"] },
      })),
      { extends: true as const, test: { name: "docs", root: "docs", include: ["pipelines/**/*.test.ts"] } },
    ],
  },
})
