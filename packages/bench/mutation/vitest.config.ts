import { readFileSync } from "node:fs"
import { join } from "node:path"
import { defineConfig } from "vitest/config"

/**
 * The tests that run against mutants: those that `main.ts` names for the mutated module.
 *
 * A run starts in a copy of `packages/core`, and `@holdfast/core` must resolve to that copy: the link in node_modules would
 * lead to the unchanged sources, and every mutant would survive.
 */
const root = process.cwd()

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly exports: Readonly<Record<string, string | { readonly "@holdfast/source": string }>>
}

export default defineConfig({
  resolve: {
    conditions: ["@holdfast/source"],
    alias: Object.entries(exports).flatMap(([name, target]) =>
      typeof target === "string"
        ? []
        : [
            {
              find: new RegExp(`^${join("@holdfast/core", name)}$`),
              replacement: join(root, target["@holdfast/source"]),
            },
          ],
    ),
  },
  ssr: { resolve: { conditions: ["@holdfast/source"] } },
  test: {
    root,
    include: (process.env["MUTATION_TESTS"] ?? "").split(","),
    isolate: false,
  },
})
