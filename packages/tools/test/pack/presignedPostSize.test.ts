import { assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { gzipSync } from "node:zlib"
import { build, type Rolldown } from "vite"
import { read, root } from "../../docs/pages.ts"

const entry = join(root, "docs", "presigned-post-entry.js")

/** A page that fills the form and may upload it. */
const code = `
import * as PresignedPost from "@holdfast/s3/PresignedPost"
const post = PresignedPost.fromFields("https://b.example/", { key: "k" })
export const keys = [...post.toFormData("x").keys()]
export const upload = post.upload("x")
`

const bundle = async (oneFile: boolean): Promise<ReadonlyArray<Rolldown.OutputChunk>> => {
  const result = await build({
    configFile: false,
    root: join(root, "docs"),
    logLevel: "silent",
    resolve: { conditions: ["@holdfast/source"] },
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: {
        input: entry,
        preserveEntrySignatures: "strict",
        output: { format: "esm", codeSplitting: !oneFile },
      },
    },
  })
  if (!("output" in result)) throw new Error("vite watches instead of building")
  return result.output.filter((file) => file.type === "chunk")
}

/** The code that a page loads immediately: the entry and its static imports. */
const atOnce = (chunks: ReadonlyArray<Rolldown.OutputChunk>): ReadonlyArray<Rolldown.OutputChunk> => {
  const names = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const name of names) {
    for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) names.add(imported)
  }
  return chunks.filter(({ fileName }) => names.has(fileName))
}

/** The size in kB of 1000 bytes, as reported by vite. */
const gzipped = (chunks: ReadonlyArray<Rolldown.OutputChunk>): number =>
  chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0) / 1000

describe("docs/presigned-post.md", () => {
  let split: ReadonlyArray<Rolldown.OutputChunk> = []
  let whole: ReadonlyArray<Rolldown.OutputChunk> = []
  beforeAll(async () => {
    split = await bundle(false)
    whole = await bundle(true)
  }, 60_000)

  it("states how many kB PresignedPost adds to a page", () => {
    const page = read("docs/presigned-post.md")
    const stated = /<!-- generated: presigned-post-size -->([\s\S]*?)<!-- end -->/.exec(page)?.[1] ?? ""
    const figures = [...stated.matchAll(/([\d.]+) kB/g)].map(([, figure]) => Number(figure))
    const measured = [
      gzipped(atOnce(split)),
      gzipped(split.filter((chunk) => !atOnce(split).includes(chunk))),
      gzipped(whole),
    ]
    const words = `measured: ${measured.map((figure) => `${figure.toFixed(1)} kB`).join(", ")}`
    assert.strictEqual(figures.length, measured.length)
    for (const [n, figure] of measured.entries()) {
      // The tolerance covers the next minor version of Effect, or a longer message.
      assert.closeTo(figures[n] ?? 0, figure, 0.03 * figure, words)
    }
  })

  it("does not need a schema, XML or an HTTP client to fill a form", () => {
    const modules = atOnce(split)
      .flatMap(({ modules }) => Object.keys(modules))
      .map((id) => id.replaceAll("\\", "/"))
    assert.isTrue(modules.some((id) => id.endsWith("s3/src/PresignedPost.ts")))
    assert.deepStrictEqual(
      modules.filter((id) => /effect\/.*\/Schema|fast-xml-parser|\/HttpClient|packages\/http\//.test(id)),
      [],
    )
  })

  it("does not need the storage vendors' texts or the diagnosis rules to upload", () => {
    const modules = split.flatMap(({ modules }) => Object.keys(modules)).map((id) => id.replaceAll("\\", "/"))
    assert.isTrue(modules.some((id) => id.endsWith("s3/src/Lint.ts")))
    assert.deepStrictEqual(
      modules.filter((id) =>
        /\/dialects\/sentences\/|\/src\/Diagnosis\.ts$|http\/src\/internal\/diagnosis\/rules\//.test(id),
      ),
      [],
    )
  })

  it("fails with a named error if the code for the upload is no longer on the server", async () => {
    const folder = await mkdtemp(join(tmpdir(), "holdfast-"))
    try {
      // Only the initially loaded code is present, as after a new deployment.
      for (const { code, fileName } of atOnce(split)) {
        await mkdir(dirname(join(folder, fileName)), { recursive: true })
        await writeFile(join(folder, fileName), code)
      }
      await writeFile(join(folder, "package.json"), '{ "type": "module" }')
      const { keys, upload } = await import(
        pathToFileURL(join(folder, split.find(({ isEntry }) => isEntry)?.fileName ?? "")).href
      )
      assert.deepStrictEqual(keys, ["key", "file"])
      const { Effect } = await import("effect")
      const error = await Effect.runPromise(Effect.flip(upload))
      assert.include(String(error), "SenderNotLoaded")
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
