/**
 * A library that exports types inferred from the packages and emits declarations, and a program that uses the library. The
 * declarations must compile there, and no type may be `any`.
 */
import { cpSync } from "node:fs"
import { join } from "node:path"
import { promised, type Tarball } from "../../pack/tarball.ts"
import * as Project from "../project.ts"

/** The names of the values of a module, as the project loads it. */
const valuesOf = async (project: string, specifier: string): Promise<ReadonlyArray<string>> => {
  const { createRequire } = await import("node:module")
  const path = createRequire(join(project, "main.js")).resolve(specifier)
  return Object.keys((await import(path)) as object).filter((name) => name !== "default")
}

const written = `import * as Gate from "@holdfast/core/Gate"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { C2cError } from "@holdfast/c2c/C2cError"
import * as HttpPipeline from "@holdfast/http/HttpPipeline"
import * as Lint from "@holdfast/s3/Lint"

export const breaker = CircuitBreaker.makeUnsafe()
export const pipeline = Pipeline.makeUnsafe(Pipeline.limits(Bulkhead.makeUnsafe({ permits: 2 })), Pipeline.breaker(breaker))
export const guarded = Pipeline.wrap(pipeline)
export const fetching = HttpPipeline.fetch(pipeline)
export const gate = Gate.make
export const findings = Lint.check({ method: "PUT", url: "https://storage.example/key" } as never)
export const decoded = (error: C2cError) => ({ error, tag: error._tag, verdict: error.verdict })
`

/** Compiles the library and the program. Returns a line with the number of inferred types. */
export const check = async (project: string, tarballs: ReadonlyArray<Tarball>): Promise<string> => {
  const specifiers = tarballs.flatMap(promised)
  const modules = await Promise.all(
    specifiers.map(async (specifier) => ({ specifier, values: await valuesOf(project, specifier) })),
  )
  const library = Project.folder("library")
  cpSync(join(project, "node_modules"), join(library, "node_modules"), { recursive: true, verbatimSymlinks: true })
  const files = Object.fromEntries(
    modules.map(({ specifier, values }, index) => [
      `src/m${index}.ts`,
      [
        `import * as M from "${specifier}"`,
        ...values.map((name) => `export const ${name} = M.${name}`),
        "export {}\n",
      ].join("\n"),
    ]),
  )
  Project.write(library, {
    "package.json": { name: "library", version: "1.0.0", type: "module", exports: { "./*": "./dist/*.js" } },
    "src/written.ts": written,
    ...files,
  })
  Project.compile(library, { module: "NodeNext", declaration: true, rootDir: "src", outDir: "dist" })

  const installed = join(project, "node_modules/library")
  cpSync(join(library, "dist"), join(installed, "dist"), { recursive: true })
  cpSync(join(library, "package.json"), join(installed, "package.json"))
  const names = ["breaker", "pipeline", "guarded", "fetching", "gate", "findings", "decoded"]
  const used = modules.flatMap(({ values }, index) => [
    `import * as m${index} from "library/m${index}"`,
    ...values.map((name) => `export const v${index}_${name}: Known<typeof m${index}.${name}> = m${index}.${name}`),
  ])
  Project.write(project, {
    "src/main.ts": [
      'import * as written from "library/written"',
      "/** Nothing fits a type that is `any`. */",
      "type Known<T> = 0 extends 1 & T ? never : T",
      ...names.map((name) => `export const ${name}: Known<typeof written.${name}> = written.${name}`),
      ...used,
      "",
    ].join("\n"),
  })
  Project.compile(project, { module: "NodeNext", noEmit: true })
  const count = modules.reduce((sum, { values }) => sum + values.length, names.length)
  return `library: ${count} inferred types reach a program that uses it, and none is any`
}
