/** The bundle size of a program as a user would ship it: minified, then gzip at level 9. */
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"

export interface Size {
  readonly minified: number
  readonly gzip: number
}

export const size = async (id: string): Promise<Size> => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL(`bundles/${id}.ts`, import.meta.url)),
    platform: "node",
    // Only the packages of this workspace have the condition `@holdfast/source`, with which nothing has to be built first.
    // Bundlers use `module` by default; naming conditions would remove it.
    resolve: { conditionNames: ["@holdfast/source", "module", "import", "default"] },
    logLevel: "silent",
  })
  try {
    const { output } = await bundle.generate({ format: "esm", minify: true, codeSplitting: false })
    const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("")
    return { minified: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).byteLength }
  } finally {
    await bundle.close()
  }
}
