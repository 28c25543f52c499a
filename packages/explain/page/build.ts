/** Builds the page of `explain` in memory and reports its size. */
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build as viteBuild } from "vite"

/** The complete page. */
export const build = async (): Promise<string> => {
  const result = await viteBuild({
    configFile: join(import.meta.dirname, "vite.config.ts"),
    logLevel: "error",
    build: { write: false },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const files = outputs.flatMap((one) => ("output" in one ? one.output : []))
  const [page] = files
  if (page?.type !== "asset" || files.length !== 1) throw new Error(`the page has ${files.length} files`)
  return String(page.source)
}

/** The size in bytes, plain and compressed. */
export const sizes = (page: string): readonly [plain: number, compressed: number] => [
  Buffer.byteLength(page),
  gzipSync(page, { level: 9 }).length,
]

/** The size as a sentence. It is rounded up by a tenth, so that a new rule rarely makes it wrong. */
export const size = (page: string): string => {
  const [plain, compressed] = sizes(page).map((bytes) => Math.ceil((bytes * 1.1) / 10_000) * 10)
  return `At most ${plain} kB, ${compressed} kB compressed.`
}
