/** Writes the page of results. */
import { readFileSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { availableParallelism, cpus, loadavg } from "node:os"
import type { Judgement } from "./judge.ts"
import type { Figures, Measurements } from "./measurements.ts"
import { bundles, method, peers, plan } from "./plan.ts"

/** 12345.6 → "12 346" */
const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ")

const ratio = (value: number): string => (value < 100 ? value.toPrecision(2) : count(value))

/** The least and the most, if there is more than one round. */
const range = ({ least, most }: Figures, text: (value: number) => string): string =>
  least === most ? "" : ` (${text(least)}–${text(most)})`

const units = { time: "ns", hold: "B", size: "B" }

const version = (name: string): string => {
  const path = findPackageJSON(name, import.meta.url)
  return path === undefined ? "" : (JSON.parse(readFileSync(path, "utf8")) as { readonly version: string }).version
}

const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  right: number,
): ReadonlyArray<string> => [
  `| ${head.join(" | ")} |`,
  `| ${head.map((_, column) => (column < right ? "---" : "---:")).join(" | ")} |`,
  ...rows.map((row) => `| ${row.join(" | ")} |`),
]

const who = (id: string): string => {
  const group = id.split(".")[0] ?? ""
  return peers[group]?.name ?? group
}

/** The machine and the versions, one per line. */
export const machine = (): ReadonlyArray<string> => [
  `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${availableParallelism()} cores, ${process.platform} ${process.arch}`,
  `Node ${process.versions.node}, V8 ${process.versions.v8}`,
  Object.values(peers)
    .flatMap((peer) => (peer.package === undefined ? [] : [`${peer.package} ${version(peer.package)}`]))
    .join(", "),
]

/** One row for each target: name, our figure, the peer's, the result, the same in tinybench, the limit, and whether it is met. */
export const judged = (judgements: ReadonlyArray<Judgement>): ReadonlyArray<ReadonlyArray<string>> =>
  judgements.map(({ again, agreed, figure, met, noisy, other, ours, target }) => {
    const unit = units[target.quantity]
    const against = plan.find(({ id }) => id === target.against)
    const isRatio = target.against !== undefined
    return [
      target.what,
      `${count(ours)} ${unit}`,
      other === undefined
        ? "—"
        : against === undefined
          ? `floor ${count(other)} ${unit}`
          : `${who(against.id)}, ${against.what}: ${count(other)} ${unit}`,
      (isRatio ? ratio(figure.median) : `${count(figure.median)} ${unit}`) + range(figure, isRatio ? ratio : count),
      again === undefined ? "—" : ratio(again),
      isRatio ? target.atMost.toFixed(2) : `${count(target.atMost)} ${unit}`,
      `${met ? "PASS" : "**FAIL**"}${agreed ? "" : ", harnesses differ"}${noisy ? ", noisy" : ""}`,
    ]
  })

const timed = ({ time, wall }: Measurements): ReadonlyArray<ReadonlyArray<string>> => {
  const bare = time.get("bare.await")?.median
  return plan.flatMap(({ id, what }) => {
    const figures = time.get(id)
    return figures === undefined
      ? []
      : [
          [
            who(id),
            what,
            count(figures.median),
            `${count(figures.least)}–${count(figures.most)}`,
            count(wall.get(id)?.median ?? Number.NaN),
            bare === undefined ? "" : ratio(figures.median / bare),
          ],
        ]
  })
}

const held = ({ hold }: Measurements): ReadonlyArray<ReadonlyArray<string>> =>
  plan.flatMap(({ id, what, hold: calls = 0 }) => {
    const figures = hold.get(id)
    return figures === undefined
      ? []
      : [[who(id), what, count(calls), count(figures.median), `${count(figures.least)}–${count(figures.most)}`]]
  })

const sized = ({ size }: Measurements): ReadonlyArray<ReadonlyArray<string>> => {
  const floor = size.get("floor")?.gzip
  return bundles.flatMap(({ id, what }) => {
    const found = size.get(id)
    if (found === undefined) return []
    const overFloor = floor === undefined || !/^(Holdfast|Effect)/.test(what) ? "" : count(found.gzip - floor)
    return [[what, count(found.minified), count(found.gzip), overFloor]]
  })
}

/** Effect's schedule has a cap and jitter, like our retry. This is the ratio to a cheaper one without them. */
const plainRetry = ({ time }: Measurements): ReadonlyArray<string> => {
  const [ours, plain] = [time.get("holdfast.retry")?.median, time.get("effect.retry-plain")?.median]
  return ours === undefined || plain === undefined
    ? []
    : [
        "- `Effect.retry` is measured with a schedule that has a cap and jitter, like Holdfast's retry. Compared with",
        `  \`Effect.retry\` and a bare exponential schedule, which is cheaper to set up, the ratio is ${ratio(ours / plain)}.`,
      ]
}

/** The text of `docs/benchmarks.md`. */
export const page = (measurements: Measurements, judgements: ReadonlyArray<Judgement>): string =>
  [
    "# Benchmarks",
    "",
    "<!-- Written by `npm run bench`; edits are lost. -->",
    "",
    "This page shows what a policy costs when calls succeed, what a rejection costs, and what a waiting call costs. Holdfast is",
    "compared with the libraries that a JavaScript program would otherwise use. `npm run bench` takes all measurements in one run of",
    "about twenty minutes, writes this page, and exits with 1 if a target is missed or two harnesses disagree about a ratio. Absolute times",
    "differ from machine to machine, so compare only the ratios within one run.",
    "",
    "## Targets",
    "",
    ...table(["what", "Holdfast", "against", "result", "in tinybench", "wanted", ""], judged(judgements), 1),
    "",
    "## Nanoseconds a call",
    "",
    "The call succeeds unless the row states otherwise. The first rows compare equal stages: retry, breaker and bulkhead on both sides.",
    "CPU time includes all threads of the process, such as those of the compiler and the garbage collector.",
    `Each figure is the median of ${measurements.rounds.time} processes; the range shows the lowest and the highest value.`,
    "",
    ...table(["", "what", "CPU ns", "range", "by the clock", "× bare `await`"], timed(measurements), 2),
    "",
    "## Bytes a call in flight",
    "",
    "The table shows how much heap memory a call uses until its guarded function returns, including the function's own promise.",
    `Each figure is the median of ${measurements.rounds.hold} processes.`,
    "",
    ...table(["", "what", "calls", "bytes", "range"], held(measurements), 2),
    "",
    "## Size",
    "",
    "The table shows the size in bytes of a program that creates the policy and makes one call, as one minified file and after gzip.",
    "",
    ...table(["program", "minified", "gzip", "gzip over the floor"], sized(measurements), 1),
    "",
    "## Method",
    "",
    ...machine().map((line) => `- ${line}`),
    "- Each case runs in its own process, and the processes run one after another. A round runs all cases, with each Holdfast case next",
    "  to its peer. Every round begins with a different case, so other load on the machine affects both sides.",
    `- Time: the warm-up lasts at least ${method.warmup} ms and continues until ${method.still} ms have passed without a new fastest run. The`,
    `  process then takes ${method.samples} samples of about ${method.length} ms, which are short enough to fit between two interruptions. Each process reports`,
    "  the 10th percentile of its samples, and this page shows the median of the processes.",
    `- Targets: in each of ${measurements.rounds.compared} rounds, the cases of a target run one after another, and give one ratio. The table shows the`,
    "  median of the ratios and their range, because this machine has slow phases that change figures of different minutes by half.",
    "  Each ratio is measured again in tinybench, in processes of its own; the median of its samples of 1 000 calls is used. A ratio",
    "  that differs by more than 20 % is marked, and the run fails.",
    "- Of what a policy adds, the bare call has been subtracted on both sides: a bare effect in a fiber, and a bare `await`.",
    "- Failing workloads retry after a millisecond, with 1 000 calls at once so that the timers overlap. The rows without waiting run on",
    "  a clock whose sleep returns at once. Failures are plain objects without a stack trace on both sides.",
    "- The promise-based caller awaits one call after another; its function is `async () => 1`. The fiber-based caller is one",
    "  `Effect.gen` with a loop, and each sample runs under one `Effect.runPromise`. The body of its loop is `Effect.sync(() => 1)`, or",
    "  `Effect.promise(async () => 1)` in rows marked async. Policies are created once and applied again for each call.",
    "- Each rejection is caught at the call site. Promise-based callers use `try`/`catch`, and fiber-based callers use `Effect.exit`.",
    "- `noisy`: the highest ratio of a round is more than 1.5 times the lowest. A noisy result is unreliable, because the machine was",
    "  busy.",
    "- Bytes: the figure is the growth of the used heap between two measurements, each after four forced garbage collections. Each call",
    "  of the fiber-based caller is a child fiber. The bare rows show the cost without any policy.",
    "- Size: rolldown bundles each program for Node into one minified file, and gzip compresses the file at level 9. The floor is",
    "  `Effect.runPromise(Effect.succeed(1))`, which every Effect program already includes.",
    "",
    "## Caveats",
    "",
    ...plainRetry(measurements),
    "- The guarded function returns immediately. A network request takes a thousand times as long as the most expensive row, so",
    "  rejections, bytes in flight and size matter more to a program than nanoseconds.",
    "- Only the rows with equal stages compare identical features. cockatiel's timeout aborts a signal on every return by default, which",
    "  accounts for most of its time, so `abortOnReturn` is measured both ways. smithy's strategy has a retry quota, like Holdfast's budget. Effect's",
    "  breaker is keyed, and its store can be shared between processes.",
    `- The load average of the machine was ${loadavg()[0]?.toFixed(1) ?? "unknown"} at the end of this run.`,
    ...(measurements.failures.length === 0
      ? []
      : ["", "Did not run:", "", ...measurements.failures.map((line) => `- ${line}`)]),
    "",
  ].join("\n")
