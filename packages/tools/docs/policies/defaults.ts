/**
 * The options of the policies, as the folder of each policy in core states them, with the range that the code itself reports
 * for a wrong value. A test compares the defaults with the code: a policy with all defaults given equals one without options.
 */
import type { Pipeline } from "@holdfast/core"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import { Effect } from "effect"
import * as AdaptiveLimit from "../../../core/src/policies/adaptiveLimit/defaults.ts"
import * as Backoff from "../../../core/src/policies/backoff/defaults.ts"
import * as Breaker from "../../../core/src/policies/breaker/defaults.ts"
import * as Budget from "../../../core/src/policies/budget/defaults.ts"
import * as Bulkhead from "../../../core/src/policies/bulkhead/defaults.ts"
import * as Deadline from "../../../core/src/policies/deadline/defaults.ts"
import type { Table } from "../../../core/src/policies/defaults.ts"
import * as Hedge from "../../../core/src/policies/hedge/defaults.ts"
import * as Retry from "../../../core/src/policies/retry/defaults.ts"
import * as SharedBreaker from "../../../core/src/policies/sharedBreaker/defaults.ts"
import * as Throttle from "../../../core/src/policies/throttle/defaults.ts"
import * as Timeout from "../../../core/src/policies/timeout/defaults.ts"

/** The tables by the name of the generated part. */
export const tables: Readonly<Record<string, Table>> = {
  retry: Retry.table,
  backoff: Backoff.table,
  timeout: Timeout.table,
  deadline: Deadline.table,
  "token bucket": Budget.tokenBucket,
  ratio: Budget.ratio,
  hedge: Hedge.table,
  throttle: Throttle.table,
  "adaptive limit": AdaptiveLimit.table,
  bulkhead: Bulkhead.table,
  breaker: Breaker.table,
  "shared breaker": SharedBreaker.table,
}

/** The page in `docs/policies` that shows each table. */
export const pageOf: Readonly<Record<string, string>> = {
  retry: "retry",
  backoff: "backoff",
  timeout: "timeout",
  deadline: "deadline",
  "token bucket": "budget",
  ratio: "budget",
  hedge: "hedge",
  throttle: "throttle",
  "adaptive limit": "adaptive-limit",
  bulkhead: "bulkhead",
  breaker: "breaker",
  "shared breaker": "shared-breaker",
}

/** Settings as a tree. */
export type Tree = { readonly [key: string]: unknown }

/** The tree with a value at a path. */
export const put = (tree: Tree, [key = "", ...rest]: ReadonlyArray<string>, value: unknown): Tree => {
  const inner = tree[key]
  const below = typeof inner === "object" && inner !== null ? (inner as Tree) : {}
  return { ...tree, [key]: rest.length === 0 ? value : put(below, rest, value) }
}

/** What an option needs beside it: the beginning of its path, and the settings without which it means nothing. */
const beside: ReadonlyArray<readonly [start: string, path: string, value: unknown]> = [
  ["retry", "timeout", "15 seconds"],
  ["budget", "retry", {}],
  ["window.", "window.calls", 1_000_000],
  ["breaker.window.f", "breaker.window.duration", "30 seconds"],
  ["breaker.window.m", "breaker.window.duration", "30 seconds"],
  ["breaker.window.s", "breaker.window.duration", "30 seconds"],
  ["breaker.window.s", "breaker.window.slowCall", { over: "1 second", rate: 0.5 }],
  ["breaker.open.", "breaker.open.base", "10 seconds"],
  ["breaker.ramp.", "breaker.ramp", { over: "1 minute", from: 0.1 }],
  ["bulkhead.maxWait", "bulkhead.queue", 1],
  ["adaptiveLimit.maxWait", "adaptiveLimit.queue", 1],
]

/** The minimal settings in which the option has a meaning. */
export const around = (name: string, path: string): Tree =>
  beside
    .filter(([start]) => path.startsWith(start))
    .reduce((tree, [, at, value]) => put(tree, at.split("."), value), (tables[name]?.least ?? {}) as Tree)

/** A store that is never asked. */
const store: SharedCircuitBreaker.CircuitStore = { admit: () => Effect.never, record: () => Effect.never }

/** Makes what the options of a table are for. */
export const build = (
  name: string,
  settings: Tree,
): Effect.Effect<
  Pipeline.Pipeline | SharedCircuitBreaker.SharedCircuitBreaker,
  ReadonlyArray<{ readonly path: string; readonly allowed: string }>
> =>
  name === "shared breaker"
    ? Effect.mapError(SharedCircuitBreaker.make(store, settings), ({ allowed, option }) => [{ path: option, allowed }])
    : Effect.mapError(PipelineConfig.load(settings), ({ problems }) => problems)

/** What the code allows at a path: it says so about a value that is not allowed. */
const allowed = (name: string, path: string): string => {
  for (const wrong of [-1, "?", {}]) {
    const problems = Effect.runSync(Effect.flip(build(name, put(around(name, path), path.split("."), wrong))))
    const problem = problems.find((problem) => problem.path === path)
    if (problem !== undefined) return problem.allowed
  }
  throw new Error(`nothing is wrong at ${path}`)
}

/** `integer ≥ 1`, `> 0 ms`, `from 1 s to 60 s`, `fail` or `clamp`. */
const range = (text: string): string =>
  text
    .replace(/^an? (?:duration|number) ?/, "")
    .replace(/^an /, "")
    .replaceAll(/"(\w+)" or /g, "`$1`, ")
    .replaceAll(/"(\w+)"/g, "`$1`")
    .replaceAll(">=", "≥")
    .replaceAll("<=", "≤")
    .replaceAll(/(\d+)000 ms/g, "$1 s")

/** The head of the tables. */
export const head = ["option", "default", "unit", "range", "what it does", "source of the default"]

/** The cells of one table. */
export const rows = (name: string, { options }: Table): ReadonlyArray<ReadonlyArray<string>> =>
  options.map((option) => [
    `\`${option.path}\``,
    option.value === undefined ? "–" : `\`${String(option.value)}\``,
    option.unit,
    range(allowed(name, option.path)),
    option.meaning,
    option.source,
  ])
