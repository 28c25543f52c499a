import { defineConfig } from "vitest/config"

/**
 * The one vitest configuration. Version 5 has no workspace file, so the scripts name this one with `--config`.
 * The `source` condition lets tests import the sibling packages from their TypeScript, without a build.
 */
const packages = ["core", "http", "oauth", "s3", "c2c", "sandbox", "cli"]

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    projects: [
      ...packages.map((name) => ({
        extends: true as const,
        test: { name, root: `packages/${name}`, include: ["test/**/*.test.ts"] },
      })),
      ...["docs", "scripts"].map((name) => ({
        extends: true as const,
        test: { name, root: name, include: ["test/**/*.test.ts"] },
      })),
    ],
  },
})
