/**
 * The structure of the workspace as rules for dependency-cruiser, which resolves `@holdfast/*` to the sources and follows type
 * imports too.
 *
 *     npx depcruise --config packages/tools/lint/structure.ts packages docs
 *
 * `docs/architecture.md` draws the same graph.
 */

/** The layers from the bottom up: a package imports only packages of lower rows. */
export const layers: ReadonlyArray<ReadonlyArray<string>> = [
  ["core"],
  ["diagnosis"],
  ["http"],
  ["oauth", "s3"],
  ["c2c"],
  ["durable", "explain", "sandbox"],
  ["cli"],
]

/** Benchmarks, tests against other software, and tools: they import anything, and no package imports them. */
export const rooms: ReadonlyArray<string> = ["bench", "peers", "tools"]

const folders = (names: ReadonlyArray<string>): string => `^packages/(${names.join("|")})/`

const layer = (name: string, row: number) => ({
  name: `layer-of-${name}`,
  comment: `${name} imports only packages below its layer; see layers in packages/tools/lint/structure.ts.`,
  severity: "error",
  from: { path: folders([name]) },
  to: { path: "^packages/", pathNot: folders([name, ...layers.slice(0, row).flat()]) },
})

const config = {
  forbidden: [
    ...layers.flatMap((names, row) => names.map((name) => layer(name, row))),
    {
      name: "diagnosis-runs-alone",
      comment: "diagnosis imports only types of core: its functions run in a browser, without Effect's runtime.",
      severity: "error",
      from: { path: "^packages/diagnosis/src/" },
      to: { path: "^packages/core/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "sandbox-stands-alone",
      comment: "The sandbox is a second implementation of the wire formats: it shares no code with the clients.",
      severity: "error",
      from: { path: "^packages/sandbox/src/" },
      to: { path: "^packages/", pathNot: "^packages/sandbox/src/" },
    },
    {
      name: "private-rooms",
      comment: `Only ${rooms.join(", ")} import ${rooms.join(", ")}.`,
      severity: "error",
      from: { pathNot: folders(rooms) },
      to: { path: folders(rooms) },
    },
    {
      name: "no-circle",
      comment: "Types that two modules share belong in a module below both.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "by-name",
      comment: "Sources import another package by name, so only modules in its `exports`.",
      severity: "error",
      from: { path: "^packages/([^/]+)/(src|page|bin)/" },
      to: { path: "^packages/", pathNot: "^packages/$1/", dependencyTypes: ["local"] },
    },
    {
      name: "no-internal-of-another",
      comment: "src/internal belongs to its package.",
      severity: "error",
      from: { path: "^packages/([^/]+)/(src|page|bin)/" },
      to: { path: "^packages/[^/]+/src/internal/", pathNot: "^packages/$1/" },
    },
    {
      name: "no-test-in-sources",
      comment: "Sources import no tests and no test helpers.",
      severity: "error",
      from: { path: "^packages/[^/]+/(src|page|bin)/" },
      to: { path: "^packages/[^/]+/test/" },
    },
    {
      name: "resolves",
      comment: "The import names no file, or a file that the `exports` of its package do not list.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript interface yet. swc's parser keeps type imports.
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(node_modules|dist|fixtures)/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["@holdfast/source", "import", "default"] },
  },
}

export default config
