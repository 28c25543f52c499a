import { join } from "node:path"
import { defineConfig } from "vitest/config"

/**
 * The tests that mutants are held against: those that `main.ts` names for the mutated module.
 *
 * A run starts in a copy of `packages/core`, and `@holdfast/core` has to mean that copy: the link in node_modules would
 * lead to the sources that nobody changed, and every mutant would survive.
 */
const root = process.cwd()

export default defineConfig({
  resolve: {
    conditions: ["source"],
    alias: [
      { find: /^@holdfast\/core$/, replacement: join(root, "src/index.ts") },
      { find: /^@holdfast\/core\/(.*)$/, replacement: join(root, "src/$1.ts") },
    ],
  },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    root,
    include: (process.env["MUTATION_TESTS"] ?? "").split(","),
    isolate: false,
  },
})
