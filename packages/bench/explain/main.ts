/**
 * The cost of an explanation compared with the start of Node: the CPU time of whole processes.
 *
 * Method: `node -e 0` and the command with `explain FILE` are started in turn, 15 times each after one warm-up run. All load
 * the same few lines first, which report the process's own `process.cpuUsage()` at exit. A figure is the median of its runs.
 * `first run` has no compile cache, as on a machine where the command has never run; `later runs` have the cache that the
 * command keeps. Both programs are started as npm links them: the bundle as in the package, and the sources as in a checkout
 * without a bundle. The very first run in a checkout also compiles Node's type stripper and strips every source, which no user
 * of the package does; it is shown but not judged. Exits with 1 if any other difference exceeds its limit.
 *
 *     npm run bench:explain
 */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { environment, run } from "../shared/processes.ts"
import { median } from "../shared/statistics.ts"
import { columns } from "../shared/table.ts"

/**
 * The limits for an explanation in milliseconds of CPU, without Node's own start. A checkout without a bundle loads some 420
 * sources one by one, which alone takes 160 to 200 ms; only programmers who change a source run it.
 */
const limits = { bundle: 300, checkout: 450 }

const rounds = 15

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const example = here("../../cli/test/fixtures/exchanges/late-token.http")
const scratch = mkdtempSync(join(tmpdir(), "holdfast-bench-"))
const reporter = join(scratch, "report.cjs")
writeFileSync(
  reporter,
  `process.on("exit", () => {
    const { system, user } = process.cpuUsage()
    require("node:fs").writeSync(3, String((system + user) / 1000))
  })`,
)

interface Contestant {
  readonly name: string
  readonly args: ReadonlyArray<string>
  readonly cache: boolean
  /** Absent where it is not judged. */
  readonly limit?: number
}

const explain = (folder: string): ReadonlyArray<string> => [join(folder, "bin/holdfast.js"), "explain", example]
const installed = join(scratch, "installed")
const bundle = explain(installed)
const checkout = join(scratch, "checkout")
const source = explain(join(checkout, "packages/cli"))

const copy = (from: string, to: string, paths: ReadonlyArray<string>): void => {
  for (const path of paths) {
    if (existsSync(join(from, path))) cpSync(join(from, path), join(to, path), { recursive: true })
  }
}

/** The package as installed by npm, and a checkout without a bundle. */
const prepare = (): void => {
  const root = here("../../..")
  const cli = join(root, "packages/cli")
  copy(cli, installed, ["bin", "package.json"])
  execFileSync(process.execPath, [here("../../tools/pack/bundle/command.ts"), join(installed, "dist/bundle")], {
    stdio: "inherit",
  })
  for (const name of readdirSync(join(root, "packages"))) {
    copy(join(root, "packages", name), join(checkout, "packages", name), ["bin", "src", "package.json"])
  }
  copy(cli, join(checkout, "packages/cli"), ["tsconfig.json"])
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"))
}

/** The CPU time of one process in milliseconds; `undefined` if it failed. */
const measure = ({ args, cache }: Contestant): number | undefined => {
  const { ok, output } = run(["--require", reporter, ...args], {
    env: {
      ...environment(),
      ...(cache ? { NODE_COMPILE_CACHE: join(scratch, "cache") } : { NODE_DISABLE_COMPILE_CACHE: "1" }),
    },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  })
  return ok ? Number(output[3]) : undefined
}

const node: Contestant = { name: "node -e 0", args: ["-e", "0"], cache: false }
const contestants: ReadonlyArray<Contestant> = [
  { name: "explain, checkout, first run", args: source, cache: false },
  { name: "explain, checkout, later runs", args: source, cache: true, limit: limits.checkout },
  { name: "explain, bundle, first run", args: bundle, cache: false, limit: limits.bundle },
  { name: "explain, bundle, later runs", args: bundle, cache: true, limit: limits.bundle },
]

try {
  prepare()
  // The warm-up run fills the disk caches, and detects a program that cannot run: a stale build.
  const able = [node, ...contestants].filter((one) => measure(one) !== undefined)
  const measured = new Map(able.map((one) => [one, new Array<number>()]))
  for (let round = 0; round < rounds; round++) {
    for (const [one, values] of measured) values.push(measure(one) ?? Number.NaN)
  }
  const base = median(measured.get(node) ?? [])
  const rows = [
    [`CPU, median of ${rounds} processes`, "total", "beside", "limit"],
    [node.name, `${base.toFixed(0)} ms`],
  ]
  let passed = able.some(({ args }) => args === source)
  for (const one of contestants) {
    const values = measured.get(one)
    if (values === undefined) {
      rows.push([one.name, "did not run"])
      continue
    }
    const beside = median(values) - base
    if (one.limit !== undefined && !(beside < one.limit)) passed = false
    rows.push([
      one.name,
      `${median(values).toFixed(0)} ms`,
      `${beside.toFixed(0)} ms`,
      one.limit === undefined ? "not judged" : `${one.limit} ms`,
    ])
  }
  for (const line of columns(rows, { rightFrom: 1 })) console.log(line)
  console.log(`${passed ? "PASS" : "FAIL"}: explain starts within its limits of CPU beside Node's own start`)
  process.exitCode = passed ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
