import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Pipeline from "@holdfast/core/Pipeline"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { sources } from "../support/sources.ts"

/** The stages in order, outermost first, and the expression that makes each. */
const stages: Readonly<Record<string, string>> = {
  fallback: "Pipeline.fallback(Fallback.value(1))",
  deadline: "Pipeline.deadline(1)",
  retry: "Pipeline.retry()",
  gates: "Pipeline.gates({})",
  hedge: "Pipeline.hedge(Hedge.makeUnsafe({ delay: 1 }))",
  limits: "Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1 }))",
  breaker: "Pipeline.breaker(CircuitBreaker.makeUnsafe())",
  timeout: "Pipeline.timeout(1)",
  decode: "Pipeline.decode((error: unknown) => ({ _tag: String(error), verdict }))",
}
const order = Object.keys(stages)

const imports = [
  ...["Bulkhead", "CircuitBreaker", "Fallback", "Hedge", "Pipeline", "Verdict"].map(
    (name) => `import * as ${name} from "@holdfast/core/${name}"`,
  ),
  `import * as Effect from "effect/Effect"`,
  `const verdict = Verdict.always()`,
  `export const used = [Bulkhead, CircuitBreaker, Fallback, Hedge, verdict]`,
]

/** One line of a program, and the compiler's message for it; `undefined` if it compiles. */
interface Line {
  readonly title: string
  readonly code: string
  readonly says: string | undefined
}

const says = (outer: string, inner: string): string | undefined => {
  if (outer === inner) return `a pipeline can have only one "${outer}", because the effects of two would multiply`
  return order.indexOf(inner) > order.indexOf(outer)
    ? undefined
    : `"${inner}" must come before "${outer}"; the order is ${order.join(", ")}`
}

const pairs = (form: string, code: (outer: string, inner: string) => string): ReadonlyArray<Line> =>
  order.flatMap((outer) =>
    order.map((inner) => ({
      title: `${inner} in ${outer}, ${form}`,
      code: code(stages[outer] ?? "", stages[inner] ?? ""),
      says: says(outer, inner),
    })),
  )

const everything = Object.values(stages).join(", ")
const lines: ReadonlyArray<Line> = [
  ...pairs("stage by stage", (outer, inner) => `Pipeline.makeUnsafe(${outer}, ${inner})`),
  ...pairs(
    "call in call",
    (outer, inner) =>
      `Pipeline.run(Pipeline.makeUnsafe(${outer}), Pipeline.run(Pipeline.makeUnsafe(${inner}), Effect.void))`,
  ),
  ...pairs(
    "in a pipe",
    (outer, inner) =>
      `Effect.void.pipe(Pipeline.wrap(Pipeline.makeUnsafe(${inner})), Pipeline.wrap(Pipeline.makeUnsafe(${outer})))`,
  ),
  {
    title: "two stages, as an effect",
    code: `Pipeline.make(${stages["timeout"]}, ${stages["retry"]})`,
    says: says("timeout", "retry"),
  },
  { title: "all stages", code: `Pipeline.makeUnsafe(${everything})`, says: undefined },
  {
    title: "all stages, two of them in the wrong order",
    code: `Pipeline.makeUnsafe(${stages["deadline"]}, ${stages["retry"]}, ${stages["breaker"]}, ${stages["limits"]}, ${stages["timeout"]})`,
    says: says("breaker", "limits"),
  },
  {
    title: "two retries far apart",
    code: `Pipeline.run(Pipeline.makeUnsafe(${stages["deadline"]}, ${stages["retry"]}, ${stages["breaker"]}), Pipeline.run(Pipeline.makeUnsafe(${stages["fallback"]}, ${stages["retry"]}, ${stages["timeout"]}), Effect.void))`,
    says: says("retry", "retry"),
  },
  {
    title: "two retries, the inner one by a function of the attempt",
    code: `Pipeline.run(Pipeline.makeUnsafe(${stages["retry"]}), ({ number }) => Pipeline.run(Pipeline.makeUnsafe(${stages["retry"]}), Effect.succeed(number)))`,
    says: says("retry", "retry"),
  },
]

/** The compiler's messages for a program by line number, from 1; messages of one line are joined. */
const compile = async (program: ReadonlyArray<string>): Promise<ReadonlyMap<number, string>> => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-order-"))
  try {
    const root = fileURLToPath(new URL("../../../..", import.meta.url))
    const tsc = join(dirname(fileURLToPath(import.meta.resolve("typescript/package.json"))), "bin", "tsc")
    await writeFile(join(folder, "program.ts"), program.join("\n"))
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }))
    const settings = {
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: {
        composite: false,
        declaration: false,
        declarationMap: false,
        noEmit: true,
        types: [],
        plugins: [],
        rootDir: "/",
        paths: {
          ...Object.fromEntries(Object.entries(sources).map(([name, file]) => [name, [file]])),
          "effect/*": [join(root, "node_modules/effect/dist/*.d.ts")],
        },
      },
      files: ["program.ts"],
    }
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings))
    const output = await new Promise<string>((resolve, reject) => {
      const child = spawn(process.execPath, [tsc, "-p", folder, "--pretty", "false"])
      const chunks: Array<Buffer> = []
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
      child.on("error", reject)
      child.on("close", () => resolve(Buffer.concat(chunks).toString()))
    })
    const said = new Map<number, string>()
    let line = 0
    for (const text of output.split("\n")) {
      const at = /program\.ts\((\d+),\d+\): error TS\d+: /.exec(text)
      if (at?.[1] !== undefined) line = Number(at[1])
      else if (/ error TS\d+: /.test(text)) line = 0
      if (text !== "") said.set(line, `${said.get(line) ?? ""}${text}\n`)
    }
    return said
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe("the order of stages", () => {
  let said: ReadonlyMap<number, string> = new Map()
  const first = imports.length + 1

  beforeAll(async () => {
    said = await compile([...imports, ...lines.map(({ code }, index) => `export const line${index} = ${code}`)])
  }, 60_000)

  it("the declared stage order matches the order of the engine", () => {
    assert.deepStrictEqual(
      order,
      "fallback, deadline, retry, gates, hedge, limits, breaker, timeout, decode".split(", "),
    )
  })

  it("compiles pipelines whose stages are in the correct order", () => {
    const wrong = lines.filter(({ says }, index) => says === undefined && said.has(first + index))
    assert.deepStrictEqual(
      wrong.map(({ title }) => `${title}: ${said.get(first + lines.findIndex((line) => line.title === title))}`),
      [],
    )
    for (const line of said.keys()) assert.isAtLeast(line, first, said.get(line))
  })

  it("rejects stages in the wrong order at compile time, and names the two stages to swap", () => {
    const quiet = lines.filter(({ says }, index) => {
      // The compiler quotes a text and escapes the quotes inside it.
      const quoted = says === undefined ? "" : `"${says.replaceAll('"', '\\"')}"`
      return says !== undefined && said.get(first + index)?.includes(quoted) !== true
    })
    assert.deepStrictEqual(
      quiet.map(({ says, title }) => `${title} should say: ${says}`),
      [],
    )
  })

  it("lists stages in the order in which they run, and rejects an invalid order when a pipeline is built", () => {
    const timeout = Pipeline.timeout(1)
    const retry = Pipeline.retry({ attempts: 2 })
    const limits = Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1 }))
    const text = Pipeline.describe(Pipeline.makeUnsafe(retry, limits, timeout))
    assert.match(text, /^retry .* › .*bulkhead.* › .*timeout.* › send$/)
    // A pipeline that bypasses the types, such as one from configuration, is rejected when it is built.
    // @ts-expect-error -- a retry stands outside of a timeout
    assert.throws(() => Pipeline.makeUnsafe(timeout, retry), /"retry" inside "timeout"/)
    // @ts-expect-error -- two would multiply
    assert.throws(() => Pipeline.makeUnsafe(retry, retry), /"retry" inside "retry"/)
    // @ts-expect-error -- and so they do across pipelines
    void Pipeline.run(Pipeline.makeUnsafe(retry), Pipeline.run(Pipeline.makeUnsafe(retry), Effect.void))
    // @ts-expect-error -- also in a pipe
    Effect.void.pipe(Pipeline.wrap(Pipeline.makeUnsafe(retry)), Pipeline.wrap(Pipeline.makeUnsafe(retry)))
  })
})
