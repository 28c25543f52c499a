/**
 * The bundler, as both bundles of the command use it.
 */
import { dirname, isAbsolute, relative, resolve } from "node:path"
import { rolldown, type InputOptions, type OutputChunk, type OutputOptions, type Plugin } from "rolldown"

/** What the bundler made, and the files that it made it of. */
export interface Bundled {
  readonly files: ReadonlyArray<{ readonly name: string; readonly content: string | Uint8Array }>
  readonly modules: ReadonlyArray<string>
  /** What each entry exports. */
  readonly exportsOf: Readonly<Record<string, ReadonlyArray<string>>>
}

/** The global instead of `node:process`: importing that as a module reads each property of it, and so opens standard input. */
const ownProcess: Plugin = {
  name: "own-process",
  resolveId: (id) => (id === "node:process" ? `\0${id}` : undefined),
  load: (id) => (id === "\0node:process" ? "export default globalThis.process" : undefined),
}

/** Bundles modules for Node, for a folder; the maps name the sources from there. Takes the siblings from their sources, so that the result is never older than they are. */
export const bundle = async (to: string, input: InputOptions, output: OutputOptions): Promise<Bundled> => {
  const build = await rolldown({
    platform: "node",
    resolve: { conditionNames: ["@holdfast/source", "import", "default"] },
    // A warning fails the build: an import that cannot be resolved would be missing at the user's.
    onLog: (level, { message }) => {
      if (level === "warn") throw new Error(message)
    },
    ...input,
    plugins: [ownProcess, input.plugins],
  })
  try {
    const { output: made } = await build.generate({
      format: "esm",
      // Names and lines stay readable, so a stack trace in a bug report is useful as it is. The map holds no sources: it
      // only has to name their lines.
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
