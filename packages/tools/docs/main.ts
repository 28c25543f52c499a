/**
 * Brings the pages up to date with the code: tables between `<!-- generated: name -->` and `<!-- end -->`, programs in
 * fences that name their file, what these programs print, the files of `docs/generated`, and `llms.txt`.
 *
 *     npm run docs:generate
 *
 * A test fails while a page differs from what this would write.
 */
import { Effect } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as ExplainPage from "../../explain/page/build.ts"
import { files, present } from "./files.ts"
import * as Llms from "./llms.ts"
import { fences, insert, packagePages, pages, quoted, read, refresh, root } from "./pages.ts"
import { run } from "./programs.ts"
import { sections } from "./sections.ts"

const write = (path: string, text: string): void => writeFileSync(join(root, path), text)

/** The output of each program that a page shows, by its file. */
const outputs = async (written: ReadonlyArray<string>): Promise<ReadonlyMap<string, string>> => {
  const named = written.flatMap((page) => fences(read(page)).flatMap(({ file }) => file ?? []))
  const output = new Map<string, string>()
  // vitest runs the programs that are tests; they print nothing.
  for (const file of new Set(named.filter((file) => !file.endsWith(".test.ts"))))
    output.set(file, await Effect.runPromise(run(file)))
  return output
}

for (const path of present()) {
  if (!files.some(([generated]) => generated === path)) rmSync(join(root, path))
}
for (const [path, text] of files) write(path, text)

const explainPage = "packages/explain/page/README.md"
write(explainPage, insert(read(explainPage), "page size", ExplainPage.size(await ExplainPage.build())))

const written = [...pages, ...packagePages].filter((page) => !page.startsWith("docs/generated/"))
const output = await outputs(written)
for (const page of written) {
  const tables = sections.filter(([where]) => where === page)
  const text = tables.reduce((before, [, name, part]) => insert(before, name, part), read(page))
  write(
    page,
    refresh(text, quoted, (file) => output.get(file) ?? ""),
  )
}

write(Llms.path, Llms.text())
