/** Writes the page of results. */
import { readFileSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { availableParallelism, cpus, loadavg } from "node:os"
import type { Judgement } from "./judge.ts"
import type { Measurements } from "./measurements.ts"
import { bundles, method, peers, plan } from "./plan.ts"

/** 12345.6 → "12 346" */
const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ")

const ratio = (value: number): string => (value < 100 ? value.toPrecision(2) : count(value))

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

/** One row for each target: name, our figure, the peer's figure, the result, the limit, and whether it is met. */
export const judged = (judgements: ReadonlyArray<Judgement>): ReadonlyArray<ReadonlyArray<string>> =>
  judgements.map(({ target, ours, other, figure, met, noisy }) => {
    const unit = units[target.quantity]
    const against = target.against === undefined ? undefined : plan.find(({ id }) => id === target.against)
    return [
      target.what,
      `${count(ours)} ${unit}`,
      other === undefined
        ? "—"
        : against === undefined
          ? `floor ${count(other)} ${unit}`
          : `${who(against.id)}, ${against.what}: ${count(other)} ${unit}`,
      target.against === undefined ? `${count(figure)} ${unit}` : ratio(figure),
      target.against === undefined ? `${count(target.atMost)} ${unit}` : target.atMost.toFixed(2),
      `${met ? "yes" : "**no**"}${noisy ? ", but noisy" : ""}`,
    ]
  })

const timed = ({ time }: Measurements): ReadonlyArray<ReadonlyArray<string>> => {
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

/** The peer of the first target has a cap and jitter, like our retry. This is the ratio to a cheaper one without them. */
const plainRetry = ({ time }: Measurements): ReadonlyArray<string> => {
  const [ours, plain] = [time.get("holdfast.retry")?.median, time.get("effect.retry-plain")?.median]
  return ours === undefined || plain === undefined
    ? []
    : [
        `- The first target is held against a schedule with a cap and jitter, as our retry has. Against \`Effect.retry\` with a`,
        `  bare exponential schedule, which is cheaper to set up, the ratio is ${ratio(ours / plain)}.`,
      ]
}

/** The text of `docs/benchmarks.md`. */
export const page = (measurements: Measurements, judgements: ReadonlyArray<Judgement>): string =>
  [
    "# Benchmarks",
    "",
    "<!-- Written by `npm run bench`; edits are lost. -->",
    "",
    "What a policy costs while nothing goes wrong, what it costs to say no, and what a call costs while it waits: Holdfast",
    "beside the libraries that a JavaScript program would take instead. `npm run bench` measures all of it in one run of a",
    "few minutes, writes this page, and ends with 1 when a target is missed. Nanoseconds differ from machine to machine;",
    "the ratios of one run are what to compare.",
    "",
    "## Targets",
    "",
    ...table(["what", "Holdfast", "against", "result", "at most", "met"], judged(judgements), 1),
    "",
    "## Nanoseconds a call",
    "",
    `The call succeeds, unless the row says otherwise. Median of ${measurements.rounds.time} processes, with the least and the most.`,
    "",
    ...table(["", "what", "ns", "range", "× bare `await`"], timed(measurements), 2),
    "",
    "## Bytes a call in flight",
    "",
    "Heap that a call keeps while its guarded function has not returned, the function's own promise included.",
    `Median of processes: ${measurements.rounds.hold}.`,
    "",
    ...table(["", "what", "calls", "bytes", "range"], held(measurements), 2),
    "",
    "## Size",
    "",
    "Bytes of a program that makes the policy and calls once, in one minified file, and the same after gzip.",
    "",
    ...table(["program", "minified", "gzip", "gzip over the floor"], sized(measurements), 1),
    "",
    "## Method",
    "",
    ...machine().map((line) => `- ${line}`),
    "- Each case runs in a process of its own, one process after another. A round runs all of them, each of ours next to its",
    "  peer, and every round begins at another case: a neighbour's load meets both sides.",
    `- Time: at least ${method.warmup} ms of warm-up, and until nothing has become quicker for ${method.still} ms; then`,
    `  ${method.samples} samples of about ${method.length} ms, short enough to fit between two interruptions.`,
    "  A process gives the 10th percentile of its samples, the page the median of the processes.",
    "- The caller of promises awaits one call after another; its function is `async () => 1`. The caller in a fiber is one",
    "  `Effect.gen` with a loop, under one `Effect.runPromise` for a sample; its body is `Effect.sync(() => 1)`, or",
    "  `Effect.promise(async () => 1)` where the row says async. Policies are made once and applied again by each call.",
    "- A rejection is caught where it arrives: `try`/`catch`, or `Effect.exit`.",
    "- `noisy`: the processes of a figure differ by more than half. Then the machine was busy, and the result says little.",
    "- Bytes: growth of the used heap after four forced collections on either side; each call of a fiber's caller is a child",
    "  fiber. What the bare rows show is no policy's doing.",
    "- Size: rolldown, minified, for Node, one file; gzip at level 9. The floor is `Effect.runPromise(Effect.succeed(1))`,",
    "  which a program in Effect has already.",
    "",
    "## Caveats",
    "",
    ...plainRetry(measurements),
    "- The guarded function returns at once. A request over a network takes a thousand times as long as the dearest row, so",
    "  rejections, bytes in flight and size matter more to a program than nanoseconds.",
    "- The rows are not the same product. cockatiel's timeout aborts a signal on every return, which is most of its time;",
    "  `abortOnReturn: false` is its own row. smithy's strategy keeps a retry quota, as our budget does. Effect's breaker is",
    "  keyed and its store can be shared between processes.",
    `- The load of the machine was ${loadavg()[0]?.toFixed(1) ?? "unknown"} at the end of this run.`,
    ...(measurements.failures.length === 0
      ? []
      : ["", "Did not run:", "", ...measurements.failures.map((line) => `- ${line}`)]),
    "",
  ].join("\n")
