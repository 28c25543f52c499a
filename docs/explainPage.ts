/** Builds the page that explains, in memory, and says how large it is. */
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build as viteBuild } from "vite"
import { docs } from "./pages.ts"

/** The page, whole. */
export const build = async (): Promise<string> => {
  const result = await viteBuild({
    configFile: join(docs, "explain/vite.config.ts"),
    logLevel: "error",
    build: { write: false },
  })
  const outputs = Array.isArray(result) ? result : [result]
  const files = outputs.flatMap((one) => ("output" in one ? one.output : []))
  const [page] = files
  if (page?.type !== "asset" || files.length !== 1) throw new Error(`the page has ${files.length} files`)
  return String(page.source)
}

const kilobytes = (bytes: number): number => Math.ceil(bytes / 10_000) * 10

/** The size in words, rounded up to 10 kB. */
export const size = (page: string): string =>
  `${kilobytes(Buffer.byteLength(page))} kB at most, ${kilobytes(gzipSync(page, { level: 9 }).length)} kB compressed.`
