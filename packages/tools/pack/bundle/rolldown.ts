/**
 * The bundler settings shared by both bundles of the command.
 */
import { isBuiltin } from "node:module"
import { dirname, isAbsolute, relative, resolve } from "node:path"
import { rolldown, type InputOptions, type OutputChunk, type OutputOptions, type Plugin } from "rolldown"

/** The files that the bundler wrote, and those that it read. */
export interface Bundled {
  readonly files: ReadonlyArray<{ readonly name: string; readonly content: string | Uint8Array }>
  readonly modules: ReadonlyArray<string>
  /** The exports of each entry. */
  readonly exportsOf: Readonly<Record<string, ReadonlyArray<string>>>
}

const builtin = "\0builtin:"

/**
 * Loads a module of Node when the program first reads one of its exports. A file loads all the modules that it imports before
 * it runs, which took 70 of the 280 ms of `--help`; and loading `node:process` reads each of its properties, which opens
 * standard input. The bundler's runtime imports `node:module`, which Node has loaded by then.
 */
const builtinsOnDemand: Plugin = {
  name: "builtins-on-demand",
  resolveId: (id, _, { kind }) =>
    kind === "import-statement" && isBuiltin(id) && !/^(?:node:)?module$/.test(id) ? `${builtin}${id}` : undefined,
  load: (id) => {
    if (!id.startsWith(builtin)) return undefined
    const name = id.slice(builtin.length)
    if (/^(?:node:)?process$/.test(name)) return "module.exports = globalThis.process"
    return `let loaded
for (const name of ${JSON.stringify(Object.keys(process.getBuiltinModule(name) ?? {}))}) {
  const get = () => (loaded ??= process.getBuiltinModule(${JSON.stringify(name)}))[name]
  Object.defineProperty(exports, name, { enumerable: true, get })
}`
  },
}

/**
 * Bundles modules for Node into a folder; source maps are relative to it. Sibling packages are read from their sources, so that
 * the result is never older than they are.
 */
export const bundle = async (to: string, input: InputOptions, output: OutputOptions): Promise<Bundled> => {
  const build = await rolldown({
    platform: "node",
    resolve: { conditionNames: ["@holdfast/source", "import", "default"] },
    // A warning fails the build: an unresolved import would fail for the user.
    onLog: (level, { message }) => {
      if (level === "warn") throw new Error(message)
    },
    ...input,
    plugins: [builtinsOnDemand, input.plugins],
  })
  try {
    const { output: made } = await build.generate({
      format: "esm",
      // Names and lines remain readable, so that a stack trace in a bug report is useful. The map has no sources: it only has
      // to name their lines.
      minify: false,
      comments: { legal: true, annotation: false, jsdoc: false },
      sourcemap: true,
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (source, map) => relative(to, resolve(dirname(map), source)),
      ...output,
    })
    const chunks = made.filter((one): one is OutputChunk => one.type === "chunk")
    return {
      files: made.map((one) => ({ name: one.fileName, content: one.type === "chunk" ? one.code : one.source })),
      modules: [...new Set(chunks.flatMap(({ moduleIds }) => moduleIds))].filter(isAbsolute),
      exportsOf: Object.fromEntries(
        chunks.filter(({ isEntry }) => isEntry).map(({ exports, name }) => [name, exports]),
      ),
    }
  } finally {
    await build.close()
  }
}
